import { z } from 'zod'
import { pagesOf } from '../../core/cursor.ts'
import { instantSchema, optional, uuidSchema } from '../../core/fields.ts'
import type { Cell } from '../../core/grid.ts'
import type { RoomKind } from './room-state.ts'

export const requestTicketSchema = z
  .strictObject({ invitation_id: optional(uuidSchema), occurrence_id: optional(uuidSchema) })
  .refine(({ invitation_id, occurrence_id }) => (invitation_id === undefined) !== (occurrence_id === undefined), {
    error: '초대와 모임 가운데 하나만 알려 주세요',
    path: ['occurrence_id'],
  })
  .meta({
    id: 'RequestRoomTicket',
    description: 'Exactly one: an invitation, or a date of a meetup',
    example: { occurrence_id: '7d1c2a7e-1f0d-4b52-8f3e-5a0c9d1e2b33' },
  })
export type RequestTicket = z.infer<typeof requestTicketSchema>

export const roomTicketSchema = z
  .object({
    ticket: z
      .string()
      .meta({ description: 'For Sec-WebSocket-Protocol: `ticket, <ticket>`, or the first message: `{"type":"auth","ticket"}`' }),
    expires_in: z.int().meta({ description: 'Seconds' }),
  })
  .meta({ id: 'RoomTicket' })
export type RoomTicket = z.infer<typeof roomTicketSchema>

export const roomParam = z.object({ id: uuidSchema.meta({ description: 'The id of an invitation, or of a date of a meetup' }) })
export const roomQuery = z.object({
  token: z.string().max(2_048).optional().meta({ description: 'An access token. A ticket is better, because addresses are easily logged' }),
})

export const provisionSchema = z
  .object({
    invitation_id: uuidSchema.nullable(),
    occurrence_id: uuidSchema.nullable().meta({ description: 'The date of a meetup, where `invitation_id` is null' }),
    viewer: z
      .object({ id: uuidSchema, nickname: z.string().nullable() })
      .meta({ id: 'LocationViewer', description: 'Who was shown my position. The name is null when they have left' }),
    first_at: instantSchema,
    last_at: instantSchema,
  })
  .meta({ id: 'LocationProvision' })
export type Provision = z.infer<typeof provisionSchema>

export const ledgerPages = pagesOf('location_ledger', z.tuple([z.string(), uuidSchema, uuidSchema]))

/** Which room it is. Its object goes by the id alone. */
export interface RoomName {
  readonly kind: RoomKind
  readonly id: string
}

/** How things stand with an invitation or a meetup's date, as far as its room must know. `findRoom` answers it. */
export interface RoomTruth {
  readonly status: 'early' | 'open' | 'cancelled' | 'over' | 'unknown'
  /** `null` when there is neither, as `ends_at`. */
  readonly kind: RoomKind | null
  readonly ends_at: string | null
  /** The agreed place, or `null` where an invitation names none. */
  readonly place: { readonly lat: number; readonly lng: number } | null
  /**
   * The inviter and all invitees, or those who go to a meetup, as far as they have not left. Whoever has a seat there has `accepted`, and of those who wait for one
   * only the owners of the sessions asked about are here. `is_blocked` means that the host and this person have a block between them, either way.
   */
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
