import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulClock, seoulDate } from '../../../src/core/time.ts'
import { type Addressee, decidePush, retryDelayMs, spend } from '../../../src/modules/notifications/rules.ts'
import { type NotificationType, notificationTypeSchema } from '../../../src/modules/notifications/schema.ts'
import { defaultSettings } from '../../../src/modules/users/settings/schema.ts'

const DATE = '2026-11-24'
const at = (time: string, date = DATE) => new Date(fromSeoulDate(date).getTime() + Date.parse(`1970-01-01T${time}:00Z`))
const NOTHING = { day: 0, ranking: 0, ranking_down: 0, system: 0, strangers: 0, by_sender: {} as Record<string, number> }
const FROM_NOBODY = { sender_id: null, is_from_stranger: false, is_void: false }

const person = (more: Partial<Addressee> = {}): Addressee => ({
  is_reachable: true,
  has_device: true,
  settings: defaultSettings,
  has_marketing_consent: true,
  has_night_consent: false,
  spent: NOTHING,
  ...more,
})
const decide = (type: NotificationType, now: Date, to = person(), created_at = now) =>
  decidePush({ ...FROM_NOBODY, type, created_at }, to, now)
const hours = (start: string, end: string, enabled = true) => ({
  settings: { ...defaultSettings, quiet_hours: { enabled, start, end } },
})

describe('quiet hours', () => {
  it.each([
    ['21:59', { act: 'push' }],
    ['22:00', { act: 'wait', until: at('08:00', '2026-11-25'), reason: 'quiet_hours' }],
    ['23:59', { act: 'wait', until: at('08:00', '2026-11-25'), reason: 'quiet_hours' }],
    ['00:00', { act: 'wait', until: at('08:00'), reason: 'quiet_hours' }],
    ['07:59', { act: 'wait', until: at('08:00'), reason: 'quiet_hours' }],
    ['08:00', { act: 'push' }],
  ] as const)('at %s', (time, decision) => {
    expect(decide('badge_earned', at(time))).toEqual(decision)
    expect(decide('invitation', at(time))).toEqual({ act: 'push' })
    expect(decide('like', at(time))).toEqual(decision.act === 'push' ? decision : { act: 'withhold', reason: 'quiet_hours' })
  })

  it('are those that a person has chosen, within a day or over midnight, or none', () => {
    const noon = at('12:00')
    expect(decide('follow', noon, person(hours('11:30', '13:15')))).toMatchObject({ until: at('13:15') })
    expect(decide('follow', noon, person(hours('13:00', '12:30')))).toMatchObject({ until: at('12:30') })
    expect(decide('follow', noon, person(hours('12:00', '12:00')))).toEqual({ act: 'push' })
    expect(decide('follow', at('23:00'), person(hours('22:00', '08:00', false)))).toEqual({ act: 'push' })
  })

  it('last to the full minute, whatever the seconds', () => {
    const now = new Date(at('23:30').getTime() + 12_345)
    expect(decide('follow', now)).toMatchObject({ until: at('08:00', '2026-11-25') })
  })
})

describe('advertising', () => {
  const kinds = ['system', 'come_back', 'weekly_reset', 'season_open'] as const
  it.each(kinds)('%s needs consent, and at night one of its own', (type) => {
    expect(decide(type, at('12:00'), person({ has_marketing_consent: false }))).toEqual({ act: 'withhold', reason: 'no_consent' })
    expect(decide(type, at('20:59'))).toEqual({ act: 'push' })
    expect(decide(type, at('21:00'))).toEqual({ act: 'wait', until: at('08:00', '2026-11-25'), reason: 'night' })
    expect(decide(type, at('21:00'), person({ has_night_consent: true }))).toEqual({ act: 'push' })
    // Whose quiet hours are shorter, longer or none is not told earlier than the law allows.
    expect(decide(type, at('23:00'), person(hours('23:00', '06:00')))).toMatchObject({ until: at('08:00', '2026-11-25') })
    expect(decide(type, at('23:00'), person(hours('22:00', '09:30')))).toMatchObject({ until: at('09:30', '2026-11-25') })
    expect(decide(type, at('23:00'), person(hours('22:00', '08:00', false)))).toMatchObject({ until: at('08:00', '2026-11-25') })
  })

  it('nothing else needs it', () => {
    const to = person({ has_marketing_consent: false })
    for (const type of notificationTypeSchema.options.filter((one) => !(kinds as readonly string[]).includes(one)))
      expect([type, decide(type, at('12:00'), to)]).toEqual([type, { act: 'push' }])
  })
})

describe('budgets', () => {
  it('of a day are ten, two about rankings of which one about falling, and one announcement a week', () => {
    const noon = at('12:00')
    const spent = (more: object) => person({ spent: { ...NOTHING, ...more } })
    const over = { act: 'withhold', reason: 'over_budget' }
    expect(decide('invitation', noon, spent({ day: 10 }))).toEqual(over)
    expect(decide('badge_earned', noon, spent({ day: 9, ranking: 2, ranking_down: 1, system: 1 }))).toEqual({ act: 'push' })
    expect(decide('ranking_up', noon, spent({ ranking: 2 }))).toEqual(over)
    expect(decide('ranking_top3', noon, spent({ ranking: 2 }))).toEqual(over)
    expect(decide('ranking_down', noon, spent({ ranking: 1, ranking_down: 1 }))).toEqual(over)
    expect(decide('ranking_down', noon, spent({ ranking: 2 }))).toEqual(over)
    expect(decide('system', noon, spent({ system: 1 }))).toEqual(over)
  })

  it('of invitations are three of one person, and of strangers one each and three together, besides the ten', () => {
    const noon = at('12:00')
    const invited = (sender_id: string, is_from_stranger: boolean, more: object) =>
      decidePush(
        { type: 'invitation', created_at: noon, is_void: false, sender_id, is_from_stranger },
        person({ spent: { ...NOTHING, ...more } }),
        noon,
      )
    const over = { act: 'withhold', reason: 'over_budget' }
    expect(invited('friend', false, { day: 9, by_sender: { friend: 2 } })).toEqual({ act: 'push' })
    expect(invited('friend', false, { by_sender: { friend: 3 } })).toEqual(over)
    expect(invited('friend', false, { strangers: 3, by_sender: { stranger: 1 } })).toEqual({ act: 'push' })
    expect(invited('stranger', true, { day: 10, strangers: 2, by_sender: { other: 1 } })).toEqual({ act: 'push' })
    expect(invited('stranger', true, { strangers: 1, by_sender: { stranger: 1 } })).toEqual(over)
    expect(invited('stranger', true, { strangers: 3 })).toEqual(over)
    expect(decide('badge_earned', noon, person({ spent: { ...NOTHING, day: 9, strangers: 3, by_sender: { friend: 3 } } }))).toEqual({
      act: 'push',
    })
  })

  it('are not asked where it waits or is withheld anyway', () => {
    expect(decide('follow', at('23:00'), person({ spent: { ...NOTHING, day: 10 } })).act).toBe('wait')
    const to = person({ spent: { ...NOTHING, day: 10 }, has_device: false })
    expect(decide('follow', at('12:00'), to)).toEqual({ act: 'withhold', reason: 'no_device' })
  })
})

it('an invitation of a stranger waits for the end of quiet hours, and one that nobody can accept any more is not pushed', () => {
  const invitation = { type: 'invitation' as const, created_at: at('23:00'), sender_id: 'someone', is_from_stranger: true, is_void: false }
  const morning = at('08:00', '2026-11-25')
  expect(decidePush(invitation, person(), at('23:00'))).toEqual({ act: 'wait', until: morning, reason: 'quiet_hours' })
  expect(decidePush(invitation, person(), morning)).toEqual({ act: 'push' })
  expect(decidePush({ ...invitation, is_void: true }, person(), morning)).toEqual({ act: 'withhold', reason: 'out_of_date' })
  expect(decidePush({ ...invitation, is_from_stranger: false }, person(), at('23:00'))).toEqual({ act: 'push' })
})

it('what is switched off, too late, or about nobody there any more stays in the centre', () => {
  const noon = at('12:00')
  const off = { settings: { ...defaultSettings, notifications: { ...defaultSettings.notifications, follow: false } } }
  expect(decide('follow', noon, person(off))).toEqual({ act: 'withhold', reason: 'switched_off' })
  expect(decide('comment', noon, person(off))).toEqual({ act: 'push' })
  expect(decide('follow', noon, person({ is_reachable: false }))).toEqual({ act: 'withhold', reason: 'unreachable' })
  expect(decide('follow', noon, person(), new Date(noon.getTime() - DAY_MS))).toEqual({ act: 'withhold', reason: 'out_of_date' })
  expect(decide('invitation_reminder', noon, person(), new Date(noon.getTime() - HOUR_MS / 4)).act).toBe('withhold')
})

it('retries wait as FCM says, else twice as long each time, up to a quarter of an hour', () => {
  expect(retryDelayMs({ attempts: 0, retryAfterMs: null }, 0)).toBe(10_000)
  expect(retryDelayMs({ attempts: 3, retryAfterMs: null }, 0)).toBe(80_000)
  expect(retryDelayMs({ attempts: 50, retryAfterMs: null }, 0)).toBe(900_000)
  expect(retryDelayMs({ attempts: 5, retryAfterMs: 60_000 }, 0)).toBe(60_000)
  expect(retryDelayMs({ attempts: 0, retryAfterMs: 86_400_000 }, 0)).toBe(HOUR_MS)
})

const ADVERTISING = new Set(['system', 'come_back', 'weekly_reset', 'season_open'])
const time = fc.nat(1_439).map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`)
const eventDays = fc.record({
  events: fc.array(
    fc.record({
      type: fc.constantFrom(...notificationTypeSchema.options, ...Array<NotificationType>(10).fill('invitation')),
      sender: fc.constantFrom('friend 1', 'friend 2', 'stranger 1', 'stranger 2', 'stranger 3', 'stranger 4'),
      minute: fc.nat(2 * 1_440 - 1),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  quiet: fc.record({ enabled: fc.boolean(), start: time, end: time }),
  usual: fc.boolean(),
  has_marketing_consent: fc.boolean(),
  has_night_consent: fc.boolean(),
})

const STRANGERS: ReadonlySet<string> = new Set(['stranger 1', 'stranger 2', 'stranger 3', 'stranger 4'])

it('over ten thousand days of any events every rule holds, and each event is pushed once or told why not', () => {
  fc.assert(
    fc.property(eventDays, ({ events, quiet, usual, has_marketing_consent, has_night_consent }) => {
      const quiet_hours = usual ? defaultSettings.quiet_hours : quiet
      const pending = events.map(({ type, minute, sender }) => ({
        type,
        sender_id: sender,
        is_from_stranger: type === 'invitation' && STRANGERS.has(sender),
        is_void: false,
        created_at: new Date(at('00:00').getTime() + minute * 60_000),
        due: new Date(at('00:00').getTime() + minute * 60_000),
      }))
      const pushes: { type: NotificationType; sender_id: string | null; is_from_stranger: boolean; now: Date }[] = []
      let decided = 0
      while (pending.length > 0) {
        pending.sort((a, b) => a.due.getTime() - b.due.getTime())
        const event = pending.shift()!
        const now = event.due
        const today = pushes.filter((one) => seoulDate(one.now) === seoulDate(now))
        const spent = today.reduce<Addressee['spent']>((sum, one) => spend(sum, one), NOTHING)
        const system = pushes.filter(({ type }) => type === 'system').length
        const to = person({
          settings: { ...defaultSettings, quiet_hours },
          has_marketing_consent,
          has_night_consent,
          spent: { ...spent, system },
        })
        const decision = decidePush(event, to, now)
        if (decision.act === 'wait') {
          expect(decision.until.getTime()).toBeGreaterThan(now.getTime())
          pending.push({ ...event, due: decision.until })
          continue
        }
        decided++
        if (decision.act === 'push') pushes.push({ ...event, now })
      }
      expect(decided).toBe(events.length)

      // The rules again, as a person would read them.
      for (const day of new Set(pushes.map(({ now }) => seoulDate(now)))) {
        const ofDay = pushes.filter(({ now }) => seoulDate(now) === day)
        const types = ofDay.map(({ type }) => type)
        const invitations = ofDay.filter(({ type }) => type === 'invitation')
        expect(ofDay.filter(({ is_from_stranger }) => !is_from_stranger).length).toBeLessThanOrEqual(10)
        expect(ofDay.filter(({ is_from_stranger }) => is_from_stranger).length).toBeLessThanOrEqual(3)
        for (const sender of new Set(invitations.map(({ sender_id }) => sender_id)))
          expect(invitations.filter(({ sender_id }) => sender_id === sender).length).toBeLessThanOrEqual(STRANGERS.has(sender!) ? 1 : 3)
        expect(types.filter((type) => type.startsWith('ranking_')).length).toBeLessThanOrEqual(2)
        expect(types.filter((type) => type === 'ranking_down').length).toBeLessThanOrEqual(1)
      }
      expect(pushes.filter(({ type }) => type === 'system').length).toBeLessThanOrEqual(1)
      for (const { type, is_from_stranger, now } of pushes) {
        const { hour, minute } = seoulClock(now)
        const clock = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
        const { enabled, start, end } = quiet_hours
        const isQuiet = enabled && (start < end ? clock >= start && clock < end : start > end && (clock >= start || clock < end))
        if (type !== 'invitation' || is_from_stranger) expect(isQuiet).toBe(false)
        if (ADVERTISING.has(type)) {
          expect(has_marketing_consent).toBe(true)
          if (!has_night_consent) expect(hour >= 8 && hour < 21).toBe(true)
        }
      }
    }),
    { numRuns: 10_000 },
  )
})
