import { z } from 'zod'

export const blockSchema = z
  .object({ user: z.object({ id: z.uuid(), nickname: z.string() }), created_at: z.iso.datetime({ offset: true }) })
  .meta({ id: 'Block' })
export type Block = z.infer<typeof blockSchema>

/** Where a page ends. */
export const blockKeyset = z.tuple([z.iso.datetime({ offset: true }), z.uuid()])

export const userParam = z.object({ user_id: z.uuid() })
