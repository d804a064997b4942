import type { z } from 'zod'

export interface FieldError {
  readonly path: string
  readonly code: string
  readonly message: string
}

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
