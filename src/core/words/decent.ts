import { z } from 'zod'
import { type AppError, type DefinedError, defineError } from '../errors.ts'
import { type FieldError, fieldErrorsSchema } from '../issues.ts'
import { findObjectionable } from './objectionable.ts'
import { findPersonalData } from './personal-data.ts'

const members = { errors: fieldErrorsSchema }

export const objectionableText = defineError({
  code: 'objectionable_text',
  status: 422,
  title: 'A text holds words that nobody should have to read',
  detail: '다른 사람이 불편할 수 있는 표현이 있어요. 바꿔서 다시 시도해 주세요.',
  members,
})
export const personalData = defineError({
  code: 'personal_data',
  status: 422,
  title: 'A text holds a phone number, a resident registration number or a card number',
  detail: '전화번호나 주민등록번호, 카드번호는 적을 수 없어요. 지우고 다시 시도해 주세요.',
  members,
})

/** What a route whose service calls `assertDecent` documents: `userProblems(...indecencies)`. */
export const indecencies: readonly DefinedError[] = [objectionableText, personalData]

export const indecencySchema = z
  .enum(['objectionable_text', 'personal_data'])
  .meta({ id: 'Indecency', description: 'Why a text was refused' })
export type Indecency = z.infer<typeof indecencySchema>

/** What is wrong with a text that others may see, or null. */
export function indecencyOf(text: string | null | undefined): Indecency | null {
  if (!text) return null
  if (findObjectionable(text)) return 'objectionable_text'
  return findPersonalData(text) ? 'personal_data' : null
}

/**
 * Refuses texts that others may see, by the name of their field: `assertDecent({ message, location_name })`, or `{ 'pets.0.name': name }`. The answer names the
 * field and never the word, because it may be shown, logged or reported.
 */
export function assertDecent(fields: Readonly<Record<string, string | null | undefined>>): void {
  const found = Object.entries(fields).flatMap(([path, text]) => {
    const indecency = indecencyOf(text)
    return indecency ? [{ path: `body.${path}`, indecency }] : []
  })
  const kind = found.some(({ indecency }) => indecency === 'objectionable_text') ? 'objectionable_text' : 'personal_data'
  const paths = found.filter(({ indecency }) => indecency === kind).map(({ path }) => path)
  if (paths.length > 0) throw refusal(kind === 'objectionable_text' ? objectionableText : personalData, paths)
}

function refusal(error: typeof objectionableText | typeof personalData, paths: readonly string[]): AppError {
  const errors = paths.map((path): FieldError => ({ path, code: 'custom', message: error.definition.detail }))
  return error({ extensions: { errors } })
}
