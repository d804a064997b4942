import { z } from 'zod'

/** zod's own codes. The compiler refuses a list that lacks one. */
const CODES = {
  invalid_type: true,
  too_big: true,
  too_small: true,
  invalid_format: true,
  not_multiple_of: true,
  unrecognized_keys: true,
  invalid_union: true,
  invalid_key: true,
  invalid_element: true,
  invalid_value: true,
  custom: true,
} satisfies Record<z.core.$ZodIssue['code'], true>

export const fieldErrorSchema = z
  .object({
    path: z.string().meta({ description: 'Where the field is: `body.pet_ids.0`, `query.limit`, `path.id`, `header.idempotency-key`' }),
    code: z.enum(Object.keys(CODES) as (keyof typeof CODES)[]).meta({
      id: 'FieldErrorCode',
      description: 'The kind of fault. `custom` is a rule of ours, which `message` explains',
    }),
    message: z.string().meta({ description: 'Korean, and fit to show beside the field' }),
  })
  .meta({ id: 'FieldError' })
/** The fields that an error names. */
export const fieldErrorsSchema = z.array(fieldErrorSchema).meta({
  description:
    'Of `validation_failed`: the first fifty fields that are wrong. Of `objectionable_text` and `personal_data`: the fields to change',
})
export type FieldError = Readonly<z.infer<typeof fieldErrorSchema>>

/** The errors of fields, as clients are told them. `target` is the part of the request that the fields are in. */
export function fieldErrorsOf(error: z.core.$ZodError, max: number, target?: string): FieldError[] {
  const root = target === undefined ? [] : [target]
  return error.issues
    .flatMap((issue) => flatten(issue, root))
    .slice(0, max)
    .map(({ path, code, message }) => ({ path: path.join('.'), code, message }))
}

type Found = Pick<z.core.$ZodIssue, 'code' | 'message'> & { readonly path: readonly PropertyKey[] }

/** Explains a union. When the value has the type of only one of the forms, the errors of that form say more than that it is none of them. */
function flatten(issue: z.core.$ZodIssue, root: readonly PropertyKey[]): Found[] {
  const path = [...root, ...issue.path]
  const forms = issue.code === 'invalid_union' ? issue.errors.filter((issues) => !issues.every(isOfOtherType)) : []
  const [form] = forms
  return form && forms.length === 1 ? form.flatMap((inner) => flatten(inner, path)) : [{ ...issue, path }]
}

const isOfOtherType = ({ code, path }: z.core.$ZodIssue) => code === 'invalid_type' && path.length === 0
