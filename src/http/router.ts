import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import ko from 'zod/v4/locales/ko.js'
import { fieldErrorsOf } from '../core/issues.ts'
import type { AppEnv } from './env.ts'
import { validationFailed } from './problem.ts'

// What people read when a field is wrong.
z.config(ko())

const ERRORS_MAX = 50
const TARGETS: Readonly<Record<string, string>> = { json: 'body', form: 'body', param: 'path' }

type Checked = { target: string } & ({ success: true } | { success: false; error: z.core.$ZodError })

/** The hook of every validator, those outside `createRoute` included: `zValidator('json', schema, refuseInvalid)`. */
export function refuseInvalid(result: Checked): void {
  if (result.success) return
  const target = TARGETS[result.target] ?? result.target
  throw validationFailed({ extensions: { errors: fieldErrorsOf(result.error, ERRORS_MAX, target) } })
}

export function createRouter() {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
}
