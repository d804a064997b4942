import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import ko from 'zod/v4/locales/ko.js'
import { fieldErrorsOf } from '../core/issues.ts'
import type { AppEnv } from './env.ts'
import { validationFailed } from './problem.ts'

// Messages about invalid fields are Korean.
z.config(ko())

const ERRORS_MAX = 50
const TARGETS: Readonly<Record<string, string>> = { json: 'body', form: 'body', param: 'path' }

type Checked = { target: string } & ({ success: true } | { success: false; error: z.core.$ZodError })

/** The hook of every validator, also of those outside `createRoute`: `zValidator('json', schema, refuseInvalid)`. */
export function refuseInvalid(result: Checked): void {
  if (result.success) return
  const target = TARGETS[result.target] ?? result.target
  throw validationFailed({ extensions: { errors: fieldErrorsOf(result.error, ERRORS_MAX, target) } })
}

export function createRouter() {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
}
