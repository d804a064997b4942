import { z } from 'zod'
import { withDefault } from '../../core/fields.ts'
import { themes } from './themes.ts'

export const createShareCardSchema = z
  .strictObject({
    theme: withDefault(z.enum(themes).meta({ id: 'ShareCardTheme' }), 'basic').meta({
      description: 'dark and season are premium, or bought',
    }),
  })
  .meta({ id: 'CreateShareCard' })
export type CreateShareCard = z.infer<typeof createShareCardSchema>

export const shareCardSchema = z
  .object({
    url: z.url().meta({ description: 'The card, 1080×1920 PNG', example: 'https://api.example.com/s/q3mXw0c9Q2uJp7bT1nVd4A/card.png?v=3' }),
    share_url: z.url().meta({
      description: 'A page for anybody, with a preview for messengers and a way into the app',
      example: 'https://api.example.com/s/q3mXw0c9Q2uJp7bT1nVd4A',
    }),
  })
  .meta({ id: 'ShareCard' })
export type ShareCard = z.infer<typeof shareCardSchema>

const token = z.string().max(100).meta({ description: 'What the link ends with', example: 'q3mXw0c9Q2uJp7bT1nVd4A' })
export const tokenParam = z.object({ token })
export const photoParam = z.object({
  token,
  name: z.string().max(100).meta({ description: 'As the page gives it', example: 'q3mXw0c9Q2uJp7bT1nVd4A_400.jpg' }),
})
export const versionQuery = z.object({
  v: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Tells caches that the picture has changed. Any value gives the picture as it is now' }),
})
