import { z } from 'zod'
import { pagesOf } from '../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../core/fields.ts'

export const requestTicketSchema = z.strictObject({ invitation_id: uuidSchema }).meta({ id: 'RequestRoomTicket' })

export const roomTicketSchema = z
  .object({
    ticket: z
      .string()
      .meta({ description: 'For Sec-WebSocket-Protocol: `ticket, <ticket>`, or the first message: `{"type":"auth","ticket"}`' }),
    expires_in: z.int().meta({ description: 'Seconds' }),
  })
  .meta({ id: 'RoomTicket' })
export type RoomTicket = z.infer<typeof roomTicketSchema>

export const roomParam = z.object({ invitation_id: uuidSchema })
export const roomQuery = z.object({
  token: z
    .string()
    .max(2_048)
    .optional()
    .meta({ description: 'An access token. Prefer a ticket: what stands in an address is easily kept' }),
})

export const provisionSchema = z
  .object({
    invitation_id: uuidSchema,
    viewer: z
      .object({ id: uuidSchema, nickname: z.string().nullable() })
      .meta({ description: 'Who was shown my position; without a name once they have left' }),
    first_at: instantSchema,
    last_at: instantSchema,
  })
  .meta({ id: 'LocationProvision' })
export type Provision = z.infer<typeof provisionSchema>

export const ledgerPages = pagesOf('location_ledger', z.tuple([z.string(), uuidSchema, uuidSchema]))

/** How things stand with an invitation, as its room needs to know it; what `findRoom` answers. */
export interface RoomTruth {
  readonly status: 'open' | 'cancelled' | 'over' | 'unknown'
  /** Null where there is no such invitation. */
  readonly ends_at: string | null
  /** The inviter and all invitees whose accounts stand. `is_blocked`: by the inviter, or the other way round. */
  readonly people: readonly {
    readonly user_id: string
    readonly nickname: string
    readonly is_host: boolean
    readonly answer: 'pending' | 'accepted' | 'declined' | 'expired' | null
    readonly is_blocked: boolean
  }[]
  /** Of invitees, where one blocks the other. */
  readonly apart: readonly (readonly [string, string])[]
  /** Of those that were asked about, the ones that stand. */
  readonly sessions: readonly {
    readonly id: string
    readonly user_id: string
    readonly zone: { readonly lat: number; readonly lng: number; readonly radius_m: number } | null
  }[]
}

/** What a room leaves behind: times, no positions. */
export interface RoomRecord {
  readonly encounters: readonly {
    readonly one_id: string
    readonly other_id: string
    readonly spans: readonly (readonly [from: string, to: string])[]
  }[]
  readonly provisions: readonly {
    readonly subject_id: string
    readonly viewer_id: string
    readonly first_at: string
    readonly last_at: string
  }[]
}
