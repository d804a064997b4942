import { z } from 'zod'
import { pagesOf } from '../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../core/fields.ts'
import type { Cell } from '../../core/grid.ts'

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
  token: z.string().max(2_048).optional().meta({ description: 'An access token. A ticket is better, because addresses are easily logged' }),
})

export const provisionSchema = z
  .object({
    invitation_id: uuidSchema,
    viewer: z
      .object({ id: uuidSchema, nickname: z.string().nullable() })
      .meta({ id: 'LocationViewer', description: 'Who was shown my position. The name is null when they have left' }),
    first_at: instantSchema,
    last_at: instantSchema,
  })
  .meta({ id: 'LocationProvision' })
export type Provision = z.infer<typeof provisionSchema>

export const ledgerPages = pagesOf('location_ledger', z.tuple([z.string(), uuidSchema, uuidSchema]))

/** How things stand with an invitation, as far as its room must know. `findRoom` answers it. */
export interface RoomTruth {
  readonly status: 'open' | 'cancelled' | 'over' | 'unknown'
  /** `null` when there is no such invitation. */
  readonly ends_at: string | null
  /** The agreed place, or `null` where the invitation names none. */
  readonly place: { readonly lat: number; readonly lng: number } | null
  /** The inviter and all invitees who have not left. `is_blocked` means that the inviter and this person have a block between them, either way. */
  readonly people: readonly {
    readonly user_id: string
    readonly nickname: string
    readonly is_host: boolean
    readonly answer: 'pending' | 'accepted' | 'declined' | 'expired' | null
    readonly is_blocked: boolean
    /** In which their walks start and end. */
    readonly cells: readonly Cell[]
    readonly zone: { readonly lat: number; readonly lng: number; readonly radius_m: number } | null
  }[]
  /** Pairs in which one has blocked the other. */
  readonly apart: readonly (readonly [string, string])[]
  /** Those of the sessions asked about that are alive. */
  readonly sessions: readonly {
    readonly id: string
    readonly user_id: string
  }[]
}

/** What a room leaves behind. It holds times and no positions. */
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
