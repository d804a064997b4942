import { z } from 'zod'
import { instantSchema, latSchema, lngSchema } from '../../core/fields.ts'
import { reasonCodes, spoofingRules } from './rules.ts'

export const placeSchema = z.tuple([lngSchema, latSchema]).meta({ description: '[lng, lat]' })

/** Why a walk was refused or is not ranked, or which part of it does not count. */
export const reasonSchema = z
  .object({
    // `reviewed`: a person has judged it.
    code: z
      .enum([...reasonCodes, 'reviewed'])
      .meta({ id: 'WalkReasonCode', description: '`reviewed`: a person of ours has judged the walk' }),
    effect: z.enum(['refused', 'unranked', 'excluded', 'noted']).meta({
      id: 'WalkReasonEffect',
      description: 'Whether it made the walk invalid, kept it off every board, took a stretch out of its figures, or is only worth knowing',
    }),
    detail: z.string().meta({ description: 'Korean, and fit to show' }),
    rule: z.enum(spoofingRules).meta({ id: 'SpoofingRule' }).optional().meta({ description: 'Of `gps_spoofing`: which sign gave it away' }),
    from_index: z.int().optional().meta({ description: 'Position in the track as it was sent' }),
    to_index: z.int().optional(),
    from_at: instantSchema.optional(),
    to_at: instantSchema.optional(),
    from: placeSchema.optional(),
    to: placeSchema.optional(),
    speed_kmh: z.number().optional(),
    distance_m: z.number().optional(),
    duration_sec: z.number().optional(),
    interval_sec: z.number().optional(),
    share: z.number().optional(),
    count: z.int().optional(),
  })
  .meta({
    id: 'WalkReason',
    description: 'The key of the number that decided names its unit. Members that do not belong to the code are absent',
    example: {
      code: 'vehicle',
      effect: 'excluded',
      detail: '탈것으로 이동한 것으로 보이는 구간을 제외했어요.',
      from_index: 120,
      to_index: 180,
      from_at: '2026-11-29T08:40:00.000Z',
      to_at: '2026-11-29T08:43:00.000Z',
      from: [127.0354, 37.4701],
      to: [127.0421, 37.4733],
      speed_kmh: 31.4,
      distance_m: 812,
    },
  })
