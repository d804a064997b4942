import { z } from 'zod'
import { withDefault } from '../../core/fields.ts'
import { themes } from './themes.ts'

export const createShareCardSchema = z
  .strictObject({
    theme: withDefault(z.enum(themes).meta({ id: 'ShareCardTheme' }), 'basic').meta({ description: 'dark and season are premium' }),
  })
  .meta({ id: 'CreateShareCard' })
export type CreateShareCard = z.infer<typeof createShareCardSchema>

export const shareCardSchema = z
  .object({
    url: z.url().meta({ description: 'The card, 1080×1920 PNG' }),
    share_url: z.url().meta({ description: 'A page for anybody, with the card, its preview and a way into the app' }),
  })
  .meta({ id: 'ShareCard' })
export type ShareCard = z.infer<typeof shareCardSchema>

export const tokenParam = z.object({ token: z.string().max(100) })
