import { completionBody } from '../../dev/completion-body.ts'
import { takePhonePhoto } from '../../dev/phone-photo.ts'
import { shiftTrack } from '../../dev/track-changes.ts'
import { makeWalk } from '../../dev/tracks.ts'
import { ORIGIN, SIMULATORS, TestFailed } from './browser.ts'

interface Answer {
  readonly status: number
  // Each step knows what it asked for.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any
}

/** Somebody with the app, without a browser. */
export class Person {
  readonly kakao_id = String(1_000_000_000 + Math.floor(Math.random() * 3_000_000_000))
  nickname = ''
  #token: string | undefined

  async logIn(): Promise<this> {
    const { access_token } = await askSimulator('login', { provider: 'kakao', id: this.kakao_id })
    const { json } = await this.succeed('POST', '/auth/kakao', { access_token })
    this.#token = json.access_token
    this.nickname = json.user.nickname
    return this
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(`${ORIGIN}${path}`, method, body, this.#token)
  }

  async succeed(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.ask(method, path, body)
    if (answer.status > 299) throw new TestFailed(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.json)}`)
    return answer
  }

  /** A walk of the last hours that everybody sees. */
  async shareWalk(memo: string, hoursAgo: number): Promise<string> {
    const { json: pet } = await this.succeed('POST', '/pets', { name: '초코', species: 'dog' })
    const { track } = makeWalk(Math.floor(Math.random() * 2 ** 31), { length_m: 800, is_hard: false })
    const walked = shiftTrack(track, { time_ms: Date.now() - hoursAgo * 3_600_000 - 60_000 - Math.max(...track.time_ms) })
    const begun = { pet_id: pet.id, started_at: new Date(Math.min(...walked.time_ms)).toISOString() }
    const { json: started } = await this.succeed('POST', '/walks', begun)
    await this.succeed('POST', `/walks/${started.id}/complete`, completionBody(walked, { memo, shared_to_feed: true }))
    return started.id
  }

  async addPhoto(walkId: string): Promise<void> {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(await takePhonePhoto())], { type: 'image/jpeg' }), 'photo.jpg')
    await this.succeed('POST', `/upload/walk-photo/${walkId}`, form)
  }

  async sees(walkId: string): Promise<boolean> {
    return (await this.ask('GET', `/walks/${walkId}`)).status === 200
  }
}

/** What a simulator of a vendor answers. */
export const askSimulator = async (path: string, body: unknown): Promise<Answer['json']> =>
  (await ask(`${SIMULATORS}/_sim/${path}`, 'POST', body)).json

async function ask(url: string, method: string, body?: unknown, token?: string): Promise<Answer> {
  const isJson = body !== undefined && !(body instanceof FormData)
  const response = await fetch(url, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(isJson && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? null : JSON.parse(text) }
}
