import { describe, expect, it } from 'vitest'
import { partOfDay, presentRecommendation, type RecommendedRow } from '../../../src/modules/recommendations/rules.ts'

it.each([
  [0, 'night'],
  [3.99, 'night'],
  [4, 'dawn'],
  [5.99, 'dawn'],
  [6, 'morning'],
  [11.99, 'morning'],
  [12, 'afternoon'],
  [17.99, 'afternoon'],
  [18, 'evening'],
  [21.99, 'evening'],
  [22, 'night'],
  [23.99, 'night'],
])('%d o’clock is in the part of the day called %s', (hour, part) => {
  expect(partOfDay(hour)).toBe(part)
})

describe('what others learn', () => {
  const row: RecommendedRow = {
    user: { id: '00000000-0000-7000-8000-000000000000', nickname: '보리아빠' },
    pet: {
      id: '00000000-0000-7000-8000-000000000001',
      name: '보리',
      species: 'dog',
      breed: null,
      size: null,
      age: null,
      photo_url: null,
      thumbnail_url: null,
    },
    region: null,
    mean_hour: 15.2718281828,
    hides_times: false,
    following: false,
    follows_me: false,
    score: 0.87654321,
    reasons: ['same_hours', 'same_dong'],
  }
  const { mean_hour: _, hides_times: __, ...card } = row

  it('is a part of the day and no hour, and a score in hundredths', () => {
    expect(presentRecommendation(row)).toEqual({ ...card, usual_time: 'afternoon', score: 0.88 })
  })

  it('is nothing of the time where times are hidden', () => {
    expect(presentRecommendation({ ...row, hides_times: true })).toEqual({ ...card, usual_time: null, score: 0.88, reasons: ['same_dong'] })
  })

  it('is no part of the day where somebody walks at all hours', () => {
    expect(presentRecommendation({ ...row, mean_hour: null }).usual_time).toBeNull()
  })
})
