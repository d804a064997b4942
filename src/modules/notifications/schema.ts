import { z } from 'zod'
import { textSchema } from '../../core/text.ts'

const PRINTABLE = /^[!-~]+$/
/** What FCM never issues: an APNs device token, and Expo's own kind. Pushes to them would fail for ever. */
const FOREIGN_TOKEN = /^([0-9a-f]{64}|Expo(nent)?PushToken.*)$/i

export const registerPushTokenSchema = z
  .strictObject({
    platform: z.enum(['ios', 'android']),
    token: z
      .string()
      .min(20)
      .max(4_096)
      .regex(PRINTABLE, 'FCM 등록 토큰이 아니에요')
      .refine((token) => !FOREIGN_TOKEN.test(token), 'FCM 등록 토큰이 아니에요')
      .meta({ description: 'An FCM registration token, on iOS too; APNs device tokens are refused' }),
    device_id: textSchema.min(1).max(200).nullish(),
  })
  .meta({ id: 'RegisterPushToken' })
export type RegisterPushToken = z.infer<typeof registerPushTokenSchema>

export const pushTokenSchema = z
  .object({ platform: z.enum(['ios', 'android']), device_id: z.string().nullable() })
  .meta({ id: 'PushToken' })
export type PushToken = z.infer<typeof pushTokenSchema>

export const pushTokenParam = z.object({ token: z.string().max(4_096).regex(PRINTABLE) })
