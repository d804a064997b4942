import { expect, it } from 'vitest'
import { createApi, createTestDeps } from '../../support/api.ts'

const api = createApi()
const codes = async (query: string) => (await api.get(`/breeds?${query}`)).json.items.map(({ code }: { code: string }) => code)

it('anybody sees the popular breeds first, and may keep the answer for a while', async () => {
  const { json, headers } = await api.get('/breeds?species=dog')
  expect(json.items).toHaveLength(50)
  expect(json.items[0]).toEqual({ code: 'dog_maltese', species: 'dog', name: '말티즈', name_en: 'Maltese', size: 'small' })
  expect(json.next_cursor).toBeNull()
  expect(headers.get('Cache-Control')).toBe('public, max-age=3600')
})

it.each([
  ['its name', '진돗개', 'dog_jindo'],
  ['a part of its name', '리트리버', 'dog_golden_retriever'],
  ['a nickname', '시고르자브종', 'dog_mixed'],
  ['its name without the space', '토이푸들', 'dog_poodle_toy'],
  ['its English name, in any case', 'GOLDEN ret', 'dog_golden_retriever'],
])('a breed is found by %s', async (_, q, code) => {
  expect(await codes(`q=${encodeURIComponent(q)}`)).toContain(code)
})

it('what begins with the word comes before what only holds it', async () => {
  const found = await codes(`species=dog&q=${encodeURIComponent('시바')}`)
  expect(found[0]).toBe('dog_shiba_inu')
})

it('a species has its own breeds', async () => {
  expect((await codes('species=cat')).every((code: string) => code.startsWith('cat_'))).toBe(true)
  expect(await codes('species=other')).toEqual([])
  expect((await api.get('/breeds?species=bird')).status).toBe(422)
})

it('a percent sign is only a percent sign', async () => {
  expect((await api.get('/breeds?q=%00')).status).toBe(422)
  expect(await codes('q=%25')).toEqual([])
})

it('a breed has the facts that the weather asks for', async () => {
  const { rows } = await createTestDeps().db.execute(`
    SELECT name
    FROM breeds
    WHERE is_brachycephalic
      AND name IN ('퍼그', '프렌치 불도그', '잉글리시 불도그', '보스턴 테리어', '시츄', '페키니즈', '재패니즈 친', '복서', '카발리에 킹 찰스 스패니얼',
                   '브뤼셀 그리펀', '도그 드 보르도', '불마스티프', '페르시안', '말티즈', '진돗개')`)
  expect(rows).toHaveLength(13)
  const facts = await createTestDeps().db.execute(`
    SELECT code, is_brachycephalic, has_double_coat, has_thin_coat, has_white_coat
    FROM breeds
    WHERE code IN ('dog_siberian_husky', 'dog_xoloitzcuintli', 'dog_samoyed', 'dog_mixed')
    ORDER BY code`)
  const [none, double, thin, white] = [{}, { has_double_coat: true }, { has_thin_coat: true }, { has_white_coat: true }]
  const breed = (code: string, more: object) => ({
    code,
    is_brachycephalic: false,
    has_double_coat: false,
    has_thin_coat: false,
    has_white_coat: false,
    ...more,
  })
  expect(facts.rows).toEqual([
    breed('dog_mixed', none),
    breed('dog_samoyed', { ...double, ...white }),
    breed('dog_siberian_husky', double),
    breed('dog_xoloitzcuintli', thin),
  ])
})
