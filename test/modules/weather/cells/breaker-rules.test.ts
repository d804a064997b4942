import { describe, expect, it, vi } from 'vitest'
import { createBreaker, SOURCE, type SourceState } from '../../../../src/modules/weather/sources/breaker.ts'

const now = new Date('2026-10-02T14:12:00+09:00')
const failed = (reason: 'quota' | 'rate' | 'misconfigured' | 'unavailable') => ({ outcome: 'failed', reason, code: null }) as const
const answered = { outcome: 'answered', value: null } as const
const row = (source: string, failures: number, closed_until: string | null = null): SourceState => ({
  source,
  failures,
  closed_until,
  read_at: null,
})
const breaker = (...states: SourceState[]) => createBreaker(states, () => now)

describe('the breaker', () => {
  it('closes one operation whose calls are used up, until midnight in Seoul', () => {
    const it = breaker()
    it.note(SOURCE.observation, failed('quota'))
    expect([SOURCE.observation, SOURCE.hours].map((source) => it.isOpen(source))).toEqual([true, false])
    expect(it.changes()).toEqual([
      { source: 'kma.observation', has_succeeded: false, failures: 0, spent_until: '2026-10-02T15:00:00.000Z' },
    ])
  })

  it('opens for the whole provider after five failures in a row, and for no other', () => {
    const it = breaker()
    for (const reason of ['unavailable', 'rate', 'misconfigured', 'unavailable'] as const) it.note(SOURCE.hours, failed(reason))
    expect(it.isOpen(SOURCE.observation)).toBe(false)
    expect(it.roomFor(SOURCE.observation)).toBe(1)
    it.note(SOURCE.days, failed('unavailable'))
    expect([SOURCE.observation, SOURCE.hours, SOURCE.days, SOURCE.readings].map((source) => it.isOpen(source))).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(it.changes()).toEqual([{ source: 'kma', has_succeeded: false, failures: 5, spent_until: null }])
  })

  it('counts on from what others have met, and begins anew with a success', () => {
    const it = breaker(row('kma', 4))
    it.note(SOURCE.hours, answered)
    it.note(SOURCE.hours, failed('unavailable'))
    expect(it.isOpen(SOURCE.hours)).toBe(false)
    expect(it.changes()).toEqual([{ source: 'kma', has_succeeded: true, failures: 1, spent_until: null }])
    const other = breaker(row('kma', 4))
    other.note(SOURCE.hours, failed('unavailable'))
    expect(other.isOpen(SOURCE.hours)).toBe(true)
  })

  it('lets one call try after its minute, and shuts at once when that fails', () => {
    expect(breaker(row('kma', 5, '2026-10-02T05:12:30.000Z')).isOpen(SOURCE.hours)).toBe(true)
    const it = breaker(row('kma', 5, '2026-10-02T05:11:59.000Z'))
    expect(it.isOpen(SOURCE.hours)).toBe(false)
    expect(it.roomFor(SOURCE.hours)).toBe(1)
    it.note(SOURCE.hours, failed('unavailable'))
    expect(it.isOpen(SOURCE.hours)).toBe(true)
  })

  it('has nothing to tell while all is well', () => {
    const it = breaker(row('kma', 0))
    it.note(SOURCE.hours, answered)
    it.note(SOURCE.hours, { outcome: 'nothing' })
    expect(it.changes()).toEqual([])
  })
})

it('says once of each source that it refuses to answer, and nothing of what passes', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const breaker = createBreaker([], () => now)
  for (const reason of ['misconfigured', 'misconfigured', 'rate', 'unavailable'] as const) breaker.note(SOURCE.hours, failed(reason))
  breaker.note(SOURCE.readings, failed('quota'))
  const told = warn.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
  warn.mockRestore()
  expect(told).toEqual([
    { level: 'warn', message: 'a source of the weather refuses to answer', source: 'kma.hours', reason: 'misconfigured', code: null },
    { level: 'warn', message: 'a source of the weather refuses to answer', source: 'airkorea.readings', reason: 'quota', code: null },
  ])
})
