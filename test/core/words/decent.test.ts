import { expect, it } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import { assertDecent, indecencyOf } from '../../../src/core/words/decent.ts'

function refusalOf(fields: Record<string, string | null | undefined>): AppError | null {
  try {
    assertDecent(fields)
    return null
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

it('lets decent, empty and absent texts pass', () => {
  expect(refusalOf({ message: '같이 걸어요!', location_name: undefined, memo: null, title: '' })).toBeNull()
})

it('names the field and not the word', () => {
  const refusal = refusalOf({ title: '주말 산책', content: '씨발 늦지 마' })
  expect(refusal?.definition).toMatchObject({ code: 'objectionable_text', status: 422 })
  expect(refusal?.extensions).toMatchObject({ errors: [{ path: 'body.content', code: 'custom' }] })
  expect(JSON.stringify([refusal?.message, refusal?.detail, refusal?.extensions])).not.toContain('씨발')
})

it('names each field, also one in a list', () => {
  expect(refusalOf({ 'pets.0.name': '개새끼', 'pets.1.name': '초코', memo: '병신' })?.extensions).toMatchObject({
    errors: [{ path: 'body.pets.0.name' }, { path: 'body.memo' }],
  })
})

it('tells personal data from abuse, and abuse first', () => {
  expect(refusalOf({ message: '010-1234-5678로 연락 주세요' })?.definition.code).toBe('personal_data')
  const both = refusalOf({ message: '010-1234-5678', memo: '씨발' })
  expect(both?.definition.code).toBe('objectionable_text')
  expect(both?.extensions).toMatchObject({ errors: [{ path: 'body.memo' }] })
  expect(indecencyOf('씨발 010-1234-5678')).toBe('objectionable_text')
})
