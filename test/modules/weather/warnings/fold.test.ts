import { beforeEach, describe, expect, it } from 'vitest'
import { randomFrom } from '../../../../dev/random.ts'
import { foldWarnings } from '../../../../src/modules/weather/warnings/queries.ts'
import type { WarningNotice } from '../../../../src/vendors/kma/warnings.ts'
import { createTestDeps } from '../../../support/api.ts'
import { forgetWarnings, listInForce, newsOf, onThatDay, recordedNotices } from '../../../support/warnings.ts'

const { db } = createTestDeps()
beforeEach(forgetWarnings)

const at = (time: string) => onThatDay(time).toISOString()
const news = (time: string, more: Partial<WarningNotice> = {}) => newsOf(onThatDay(time), more)
const fold = (...of: WarningNotice[]) => foldWarnings(db, of)
async function sinceOf(time: string): Promise<string[]> {
  const { rows } = await db.execute<{ since: string }>(`SELECT to_json(since) #>> '{}' AS since FROM warnings_at('${at(time)}')`)
  return rows.map(({ since }) => new Date(since).toISOString())
}

/** What KMA's own bulletins of that day say, zone by zone. */
const BULLETINS: Readonly<Record<string, readonly string[]>> = {
  '11:00': [
    ...['제주도산지', '제주시서부', '제주시동부', '제주시중산간', '서귀포시서부', '서귀포시동부', '서귀포시중산간'].map(
      (zone) => `${zone} 강풍주의보`,
    ),
    ...['제주도산지', '제주시중산간'].map((zone) => `${zone} 호우경보`),
    ...['제주시서부', '제주시동부', '서귀포시남부', '서귀포시동부', '서귀포시중산간'].map((zone) => `${zone} 호우주의보`),
  ],
  '11:30': [
    ...['제주도산지', '제주시동부', '제주시중산간', '서귀포시동부', '서귀포시중산간'].map((zone) => `${zone} 강풍주의보`),
    ...['제주도산지', '제주시중산간'].map((zone) => `${zone} 호우경보`),
    ...['제주시동부', '서귀포시남부', '서귀포시동부', '서귀포시중산간'].map((zone) => `${zone} 호우주의보`),
  ],
  '11:40': ['제주도산지 호우경보', '서귀포시남부 호우주의보', '서귀포시동부 호우주의보', '서귀포시중산간 호우주의보'],
  '12:00': [],
}

describe('W10: the recorded day', () => {
  it.each(Object.keys(BULLETINS))('at %s is as KMA says it is', async (time) => {
    const until = onThatDay(time).getTime()
    await foldWarnings(
      db,
      recordedNotices.filter(({ issued_at }) => Date.parse(issued_at) <= until),
    )
    const onLand = (await listInForce(onThatDay(time))).filter((one) => !one.includes('풍랑'))
    expect(onLand).toEqual(BULLETINS[time]!.toSorted())
  })

  it('is the same whatever the order, however often, and in whatever slices it is folded (40 seeds)', async () => {
    const state = async () => {
      const { rows } = await db.execute(`SELECT to_jsonb(it) AS it FROM warnings_in_force AS it ORDER BY area_code, kind`)
      return rows
    }
    await foldWarnings(db, recordedNotices)
    const expected = await state()
    expect(expected).toHaveLength(15)
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomFrom(seed)
      await forgetWarnings()
      const shuffled = [...recordedNotices, ...recordedNotices.filter(() => random.chance(0.3))]
        .map((one) => ({ one, key: random.next() }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one)
      while (shuffled.length > 0) await foldWarnings(db, shuffled.splice(0, Math.ceil(random.between(0, 12))))
      expect(await state(), `seed ${seed}`).toEqual(expected)
    }
  })

  it('folded again changes nothing, and says so', async () => {
    expect((await foldWarnings(db, recordedNotices)).folded).toBe(15)
    expect((await foldWarnings(db, recordedNotices)).folded).toBe(0)
    expect((await foldWarnings(db, [])).folded).toBe(0)
  })
})

describe('news', () => {
  it('of before brings nothing back', async () => {
    await fold(news('11:00', { command: 'lifted' }))
    await fold(news('10:00'))
    expect(await listInForce(onThatDay('11:30'))).toEqual([])
  })

  it('of later does', async () => {
    await fold(news('11:00', { command: 'lifted' }), news('14:00'))
    expect(await listInForce(onThatDay('14:00'))).toEqual(['제주시동부 호우주의보'])
  })

  it('of one time goes by its number', async () => {
    await fold(news('11:00', { seq: 9, command: 'lifted' }), news('11:00', { seq: 10, level: 'warning' }))
    expect(await listInForce(onThatDay('11:00'))).toEqual(['제주시동부 호우경보'])
  })

  it('of a beginning to come is not in force before', async () => {
    await fold(news('11:00', { starts_at: at('18:00') }))
    expect(await listInForce(onThatDay('17:59'))).toEqual([])
    expect(await listInForce(onThatDay('18:00'))).toEqual(['제주시동부 호우주의보'])
  })

  it('of an end to come is in force until then, and knows its beginning, whichever came first', async () => {
    const [issue, lift] = [news('08:00', { starts_at: at('10:00') }), news('10:30', { command: 'lifted', ends_at: at('12:00') })]
    for (const order of [
      [issue, lift],
      [lift, issue],
    ]) {
      await forgetWarnings()
      for (const one of order) await fold(one)
      expect(await listInForce(onThatDay('11:59'))).toEqual(['제주시동부 호우주의보'])
      expect(await sinceOf('11:59')).toEqual([at('10:00')])
      expect(await listInForce(onThatDay('12:00'))).toEqual([])
    }
    await forgetWarnings()
    await fold(lift)
    expect(await sinceOf('11:59')).toEqual([at('10:30')])
  })

  it('of a change raises and lowers the level', async () => {
    await fold(news('10:00'), news('11:00', { command: 'changed', level: 'warning' }))
    expect(await listInForce(onThatDay('11:00'))).toEqual(['제주시동부 호우경보'])
    await fold(news('12:00', { command: 'changed' }))
    expect(await listInForce(onThatDay('12:00'))).toEqual(['제주시동부 호우주의보'])
    await fold(news('13:00', { command: 'extended', starts_at: null }))
    expect(await sinceOf('13:00')).toEqual([at('12:00')])
  })

  it('of a change to come leaves in force what is in force, and what is to come not yet', async () => {
    const change = news('11:00', { command: 'changed', level: 'warning', starts_at: at('12:00') })
    for (const order of [
      [news('10:00'), change],
      [change, news('10:00')],
    ]) {
      await forgetWarnings()
      for (const one of order) await fold(one)
      expect(await listInForce(onThatDay('11:30'))).toEqual(['제주시동부 호우경보'])
      expect(await sinceOf('11:30')).toEqual([at('10:00')])
    }
    await forgetWarnings()
    await fold(news('10:00', { starts_at: at('18:00') }), news('11:00', { command: 'changed', level: 'warning', starts_at: at('18:00') }))
    expect(await listInForce(onThatDay('17:59'))).toEqual([])
    expect(await listInForce(onThatDay('18:00'))).toEqual(['제주시동부 호우경보'])
  })

  it('that was called off was never in force, in whatever order it is told', async () => {
    const [issued, cancelled] = [news('10:00'), news('10:00', { is_cancelled: true })]
    await fold(issued)
    await fold(cancelled)
    expect(await listInForce(onThatDay('10:30'))).toEqual([])
    await fold(issued)
    expect(await listInForce(onThatDay('10:30'))).toEqual([])
    await fold(news('11:00'))
    expect(await listInForce(onThatDay('11:30'))).toEqual(['제주시동부 호우주의보'])
  })

  it('of an end that was called off leaves the warning in force', async () => {
    const lift = news('11:00', { command: 'lifted' })
    await fold(news('10:00'), lift)
    await fold({ ...lift, is_cancelled: true })
    await fold(lift)
    expect(await listInForce(onThatDay('11:30'))).toEqual(['제주시동부 호우주의보'])
    expect(await sinceOf('11:30')).toEqual([at('10:00')])
  })

  it('of a command that nobody knows is left out', async () => {
    await fold(news('10:00'), news('11:00', { command: 'other', level: 'warning' }))
    expect(await listInForce(onThatDay('11:30'))).toEqual(['제주시동부 호우주의보'])
  })

  it('W12: of an unknown zone is folded and reported', async () => {
    const { unknown_zones } = await fold(
      news('10:00', { area_code: 'L9999999', area_name: '어딘가' }),
      news('10:00', { area_code: 'S9999999' }),
    )
    expect(unknown_zones).toEqual(['L9999999'])
  })
})
