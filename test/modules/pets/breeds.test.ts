import { expect, it } from 'vitest'
import { createApi } from '../../support/api.ts'

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
