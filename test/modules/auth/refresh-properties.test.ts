import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Api, createApi } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'

const SECOND = 1_000
const DAY = 86_400_000
const refresh = (refresh_token: string, api: Api) => api.post('/auth/refresh', { refresh_token })

describe('whatever happens to a session', { timeout: 120_000 }, () => {
  const LIFE = 7 * DAY
  /** What the rules say (docs/product.md#sessions): the newest generation, when it was given out, and whether the session stands. */
  class Model {
    newest = 1
    readonly startedAt: number
    givenAt: number
    isLive = true
    constructor(at: number) {
      this.startedAt = at
      this.givenAt = at
    }
    present(generation: number, at: number): 'next' | 'invalid_refresh_token' | 'refresh_token_reused' {
      if (!this.isLive || at >= this.givenAt + LIFE || at >= this.startedAt + 180 * DAY) return 'invalid_refresh_token'
      if (generation === this.newest) {
        this.newest++
        this.givenAt = at
        return 'next'
      }
      if (generation === this.newest - 1 && at <= this.givenAt + 60 * SECOND) return 'next'
      this.isLive = false
      return 'refresh_token_reused'
    }
  }

  const pauses = fc.constantFrom(0, 1, SECOND, 10 * SECOND, 59 * SECOND, 60 * SECOND, 61 * SECOND, 3_600 * SECOND, 6 * DAY, 7 * DAY)
  /** `back`: how many generations before the newest the token is. `isLost`: nobody learns of the answer. */
  const step = fc.record({
    back: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
    pause: pauses,
    isLost: fc.boolean(),
    copies: fc.constantFrom(1, 1, 1, 3),
  })

  it('its refresh tokens do what the rules say: lost answers, races of three, and old tokens at any time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 9 }), async (steps) => {
        let at = Date.now()
        const api = createApi({ deps: { now: () => new Date(at) } })
        const { user } = await signUp({ deps: { now: () => new Date(at) } })
        const model = new Model(at)
        const tokens = [user.refresh_token]
        for (const { back, pause, isLost, copies } of steps) {
          at += pause
          // A token that was never given out cannot be presented.
          const generation = Math.max(1, Math.min(tokens.length, model.newest - back))
          const expected = Array.from({ length: copies }, () => model.present(generation, at))
          const answers = await Promise.all(expected.map(() => refresh(tokens[generation - 1]!, api)))
          expect(answers.map(({ json }) => json.code ?? 'next').toSorted()).toEqual(expected.toSorted())
          const next = new Set(answers.flatMap(({ json }) => json.refresh_token ?? []))
          expect(next.size).toBeLessThanOrEqual(1)
          if (!isLost) for (const token of next) tokens[generation] = token
        }
      }),
      { numRuns: 60 },
    )
  })

  it('two who hold one token never both stay: whoever comes first, the session ends within a token’s life', async () => {
    const holder = fc.record({
      who: fc.constantFrom('owner' as const, 'thief' as const),
      pause: fc.constantFrom(61 * SECOND, 600 * SECOND, 3_600 * SECOND),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(holder, { minLength: 2, maxLength: 8 }), async (turns) => {
        let at = Date.now()
        const api = createApi({ deps: { now: () => new Date(at) } })
        const { user } = await signUp({ deps: { now: () => new Date(at) } })
        const held = { owner: user.refresh_token, thief: user.refresh_token }
        let first: 'owner' | 'thief' | null = null
        for (const { who, pause } of turns) {
          at += pause
          const { status, json } = await refresh(held[who], api)
          if (first === null || first === who) {
            expect(status).toBe(200)
            first ??= who
            held[who] = json.refresh_token
            continue
          }
          expect(json.code).toBe('refresh_token_reused')
          for (const token of Object.values(held)) expect((await refresh(token, api)).json.code).toBe('invalid_refresh_token')
          return
        }
      }),
      { numRuns: 40 },
    )
  })
})
