import { z } from 'zod'
import { uuidSchema } from '../core/fields.ts'

/** `responses: { 200: json(walkSchema, 'The walk') }`. The document makes the example, where none is given. */
export function json<const T extends z.ZodType>(schema: T, description: string, example?: z.output<T>) {
  return { description, content: { 'application/json': { schema, ...(example !== undefined && { example }) } } }
}

/** `responses: { 204: empty('Logged out') }` */
export function empty(description: string) {
  return { description }
}

/** Headers of an answer that can be asked for again with `If-None-Match`. */
export const tagged = { ETag: { $ref: '#/components/headers/ETag' } }

export const MB = 1_048_576
const BODY_MAX_BYTES = 2 * MB

/** The key under which a route's contract says how large its body may be, after inflation. */
export const MAX_BYTES = 'x-max-bytes'

/** The key under which a body's contract names schemas that its own refers to by `$ref`, because a service parses those parts itself. */
export const PARTS = 'x-parts'

/** `request: { body: jsonBody(startWalkSchema) }`. The body is required, so that a request without a JSON type is refused. */
export function jsonBody<const T extends z.ZodType>(schema: T, maxBytes = BODY_MAX_BYTES, parts: readonly z.ZodType[] = []) {
  return { required: true as const, content: { 'application/json': { schema } }, [MAX_BYTES]: maxBytes, [PARTS]: parts }
}

/** `request: { headers: idempotencyHeader }`, for every POST that creates. */
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().min(1).max(255).optional().meta({
    description: 'Any text that is new for each thing to be created. The same key gives the same answer, and with another body a 409',
  }),
})

export const nextCursorSchema = z.string().nullable().meta({ description: '`cursor` of the next page. Null on the last one' })

const makePage = <const T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next_cursor: nextCursorSchema })
const pages = new Map<z.ZodType, z.ZodType>()

/** `{items, next_cursor}`. A page of `Walk` is `WalkPage`. */
export function pageOf<const T extends z.ZodType>(item: T): ReturnType<typeof makePage<T>> {
  const page = pages.get(item) ?? makePage(item).meta({ id: `${item.meta()?.id}Page` })
  pages.set(item, page)
  return page as ReturnType<typeof makePage<T>>
}

export const idParam = z.object({ id: uuidSchema })
