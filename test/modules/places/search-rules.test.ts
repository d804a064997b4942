import { describe, expect, it } from 'vitest'
import { attributionsOf } from '../../../src/modules/places/sources.ts'
import { addressToAsk } from '../../../src/modules/places/import/rows.ts'
import { categoryOf, isWanted, normaliseQuery } from '../../../src/modules/places/search/rules.ts'

const place = (name: string, category_name: string) => ({ name, category_name })

describe('of Kakao’s answer', () => {
  it.each([
    ['동물병원', '튼튼동물병원', '가정,생활 > 반려동물 > 동물병원', true],
    ['24시 동물병원', '사료나라', '가정,생활 > 반려동물 > 반려동물용품', false],
    ['동물병원', '동물병원앞카페', '음식점 > 카페', false],
    ['애견카페', '멍멍', '음식점 > 카페 > 애견카페', true],
    ['애견 카페', '반려견과 함께', '음식점 > 카페', true],
    ['애견카페', '펫프렌즈', '음식점 > 카페', true],
    ['애견카페', '스타커피', '음식점 > 카페 > 커피전문점', false],
    ['카페', '스타커피', '음식점 > 카페 > 커피전문점', true],
    ['공원', '서울숲', '여행 > 공원 > 도시근린공원', true],
  ])('a search for %s keeps %s (%s): %s', (query, name, category, isKept) => {
    expect(isWanted(query, place(name, category))).toBe(isKept)
  })

  it.each([
    ['튼튼동물병원', '가정,생활 > 반려동물 > 동물병원', 'hospital'],
    ['온누리약국', '의료,건강 > 약국', 'pharmacy'],
    ['멍카페', '음식점 > 카페 > 애견카페', 'cafe'],
    ['서울숲', '여행 > 공원 > 도시근린공원', 'park'],
    ['반려견놀이터', '여행 > 공원', 'dog_run'],
    ['이마트', '가정,생활 > 대형마트', 'other'],
  ])('%s (%s) is shown as %s', (name, category, expected) => {
    expect(categoryOf(place(name, category))).toBe(expected)
  })
})

it.each([
  ['  서울   숲 ', '서울 숲'],
  ['\u1109\u1165\u110b\u116e\u11af', '서울'],
  ['24시 ABC', '24시 abc'],
])('%j is looked up as %j', (typed, expected) => {
  expect(normaliseQuery(typed)).toBe(expected)
})

it.each([
  ['대구광역시 중구 동성로 34-1, 1,2층 (동성로2가)', '대구광역시 중구 동성로 34-1'],
  ['경기도 광명시 광이로 10 (철산동)', '경기도 광명시 광이로 10'],
  ['서울특별시 강남구 테헤란로 1', '서울특별시 강남구 테헤란로 1'],
])('of %s Kakao is asked %s', (address, expected) => {
  expect(addressToAsk(address)).toBe(expected)
})

it('each source is named once, in one order', () => {
  expect(attributionsOf(['kakao', 'parks', 'hospitals', 'parks']).map(({ source }) => source)).toEqual(['hospitals', 'parks', 'kakao'])
  expect(attributionsOf([])).toEqual([])
})
