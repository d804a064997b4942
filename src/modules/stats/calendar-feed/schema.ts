import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'

export const calendarFeedSchema = z
  .object({
    url: z.url().meta({
      description: 'Whoever has it reads when I walked, how far and with whom. Give it to a calendar that subscribes to addresses',
      example: 'https://api.example.com/walks.ics?token=q3mXw0c9Q2uJp7bT1nVd4Aq3mXw0c9Q2',
    }),
    created_at: instantSchema,
  })
  .meta({ id: 'CalendarFeed' })
export type CalendarFeed = z.infer<typeof calendarFeedSchema>

export const calendarFeedQuery = z.object({
  token: z.string().max(200).meta({ description: 'What the address ends with', example: 'q3mXw0c9Q2uJp7bT1nVd4Aq3mXw0c9Q2' }),
})
