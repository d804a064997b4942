import { z } from 'zod'

/** Documents that somebody agrees to. */
export const consentDocuments = ['service', 'privacy', 'location', 'marketing', 'night_marketing'] as const
export const legalDocuments = [...consentDocuments, 'business', 'contact'] as const
export type LegalDocument = (typeof legalDocuments)[number]
export const legalDocumentNameSchema = z.enum(legalDocuments).meta({ id: 'LegalDocumentName' })

const VERSION = '2026-01-01'

export const legalParam = z.object({
  doc: z
    .string()
    .max(50)
    .meta({
      description: `${legalDocuments.map((name) => `\`${name}\``).join(', ')}. With \`.html\` behind it, it is a page whatever \`Accept\` says`,
      example: 'service',
    }),
})
export const legalQuery = z.object({
  version: z.string().max(50).optional().meta({ description: 'An earlier version. Left out, it is the one in force', example: VERSION }),
})

const versionFields = {
  version: z.string().meta({ description: 'What a consent to it names', example: VERSION }),
  effective_on: z.iso.date().meta({ description: 'The day in Seoul from which it applies', example: VERSION }),
  url: z.string().meta({ description: 'A path on this API', example: '/legal/service?version=2026-01-01' }),
}

export const legalDocumentSchema = z
  .object({
    document: legalDocumentNameSchema,
    title: z.string().meta({ example: '서비스 이용약관' }),
    is_required: z.boolean().meta({ description: 'Whether nobody can use the service without agreeing to it' }),
    ...versionFields,
    is_current: z.boolean().meta({ description: 'Whether this version is in force' }),
    text: z.string().meta({ description: 'Markdown, in Korean', example: '# 서비스 이용약관\n\n…' }),
    versions: z.array(z.object(versionFields)).meta({ description: 'All versions, the newest first' }),
  })
  .meta({ id: 'LegalDocument' })
export type LegalDocumentAnswer = z.infer<typeof legalDocumentSchema>
