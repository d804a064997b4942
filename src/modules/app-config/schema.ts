import { z } from 'zod'
import { platforms } from '../../core/apps.ts'
import { legalDocumentNameSchema } from '../legal/schema.ts'

const versionSchema = z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/)
const limit = (example: number, description: string) => z.int().meta({ example, description })

export const appConfigQuery = z.object({
  platform: z.enum(platforms).optional().meta({ description: 'With `app_version`: whether this app has to be updated', example: 'ios' }),
  app_version: versionSchema.optional().meta({ description: 'As the app calls itself', example: '1.0.3' }),
})
export type AppConfigQuery = z.infer<typeof appConfigQuery>

const platformSchema = z
  .object({
    minimum_version: versionSchema
      .nullable()
      .meta({ description: 'Below it the app must be updated. Null: every version works', example: '1.0.0' }),
    latest_version: versionSchema.nullable().meta({ description: 'Below it an update is recommended', example: '1.2.0' }),
    store_url: z
      .url()
      .nullable()
      .meta({ description: 'Null before the app is published there', example: 'https://apps.apple.com/kr/app/id6440000000' }),
  })
  .meta({ id: 'AppPlatform' })

export const appConfigSchema = z
  .object({
    update: z
      .enum(['none', 'recommended', 'required', 'unknown'])
      .meta({ description: 'For the app that asks. `unknown` where it did not say its platform and version', example: 'recommended' }),
    platforms: z.object({ ios: platformSchema, android: platformSchema }),
    features: z.object({
      heic_photos: z.boolean().meta({ description: 'Whether HEIC is taken. Otherwise the app sends JPEG', example: true }),
    }),
    legal: z
      .array(
        z
          .object({
            document: legalDocumentNameSchema,
            title: z.string().meta({ example: '서비스 이용약관' }),
            version: z.string().meta({ description: 'The version in force. A consent names it', example: '2026-01-01' }),
            is_required: z.boolean().meta({ description: 'Whether nobody can use the service without agreeing to it' }),
            url: z.url().meta({ description: 'A page for a web view', example: 'https://api.example.com/legal/service.html' }),
          })
          .meta({ id: 'LegalLink' }),
      )
      .meta({ description: 'Every document of `GET /legal/{doc}`' }),
    support: z.object({
      contact_email: z.email().nullable().meta({ example: 'help@example.com' }),
      contact_url: z.url().nullable().meta({ description: 'A channel to write to', example: 'https://pf.kakao.com/_example' }),
    }),
    links: z.object({
      share: z
        .url()
        .meta({ description: 'Links of shared walks begin with it. The app opens them', example: 'https://api.example.com/s/' }),
      deep: z.string().meta({ description: 'Deep links begin with it', example: 'withbowwow://' }),
    }),
    limits: z.object({
      nickname_length_min: limit(2, 'Letters of a nickname, at least'),
      nickname_length_max: limit(12, 'Letters of a nickname, at most'),
      pets: limit(10, 'Pets a person'),
      pet_name_length: limit(10, "Letters of a pet's name"),
      pets_per_walk: limit(10, 'Pets that walk together'),
      memo_length: limit(500, "Letters of a walk's memo"),
      track_points: limit(50_000, 'Points of a track'),
      walks_per_sync: limit(20, 'Walks in one `POST /walks/sync`'),
      photos_per_walk: limit(30, 'Photos of a walk'),
      images: limit(100, 'Other images a person'),
      pet_photo_bytes: limit(5_242_880, "Size of a pet's photo"),
      photo_bytes: limit(10_485_760, 'Size of any other photo'),
      invitees: limit(49, 'People in one invitation'),
    }),
  })
  .meta({ id: 'AppConfig' })
export type AppConfig = z.infer<typeof appConfigSchema>

export const appleAssociationSchema = z
  .object({
    applinks: z.object({
      details: z.array(
        z.object({
          appIDs: z.array(z.string()).meta({ example: ['ABCDE12345.com.withbowwow.app'] }),
          components: z.array(
            z
              .object({ '/': z.string(), exclude: z.boolean().optional(), comment: z.string() })
              .meta({ description: 'A pattern of paths, in order' }),
          ),
        }),
      ),
    }),
  })
  .meta({ id: 'AppleAppSiteAssociation' })

export const assetLinksSchema = z
  .array(
    z.object({
      relation: z.array(z.string()).meta({ example: ['delegate_permission/common.handle_all_urls'] }),
      target: z.object({
        namespace: z.literal('android_app'),
        package_name: z.string().meta({ example: 'com.withbowwow.app' }),
        sha256_cert_fingerprints: z.array(z.string()),
      }),
    }),
  )
  .meta({ id: 'AssetLinks' })
