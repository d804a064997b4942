import { compareVersions } from 'compare-versions'
import type { z } from 'zod'
import { APP_SCHEME, platforms, storeUrl } from '../../core/apps.ts'
import { sha256Hex } from '../../core/hash.ts'
import type { Deps } from '../../deps.ts'
import { INVITEES_MAX } from '../invitations/schema.ts'
import { currentVersion, documents } from '../legal/documents.ts'
import { legalDocuments } from '../legal/schema.ts'
import { PET_NAME_MAX, PETS_MAX } from '../pets/schema.ts'
import { IMAGES_MAX, PET_PROFILE_MAX_BYTES, PHOTO_MAX_BYTES, WALK_PHOTOS_MAX } from '../photos/schema.ts'
import { NICKNAME_MAX, NICKNAME_MIN } from '../users/schema.ts'
import { POINTS_MAX } from '../walks/recording/schema.ts'
import { MEMO_MAX, PETS_PER_WALK_MAX, SYNC_MAX } from '../walks/schema.ts'
import { notConfigured } from './errors.ts'
import type { AppConfig, AppConfigQuery, appleAssociationSchema, assetLinksSchema } from './schema.ts'

const LIMITS: AppConfig['limits'] = {
  nickname_length_min: NICKNAME_MIN,
  nickname_length_max: NICKNAME_MAX,
  pets: PETS_MAX,
  pet_name_length: PET_NAME_MAX,
  pets_per_walk: PETS_PER_WALK_MAX,
  memo_length: MEMO_MAX,
  track_points: POINTS_MAX,
  walks_per_sync: SYNC_MAX,
  photos_per_walk: WALK_PHOTOS_MAX,
  images: IMAGES_MAX,
  pet_photo_bytes: PET_PROFILE_MAX_BYTES,
  photo_bytes: PHOTO_MAX_BYTES,
  invitees: INVITEES_MAX,
}

export function getAppConfig(
  { apps, images, publicOrigin }: Pick<Deps, 'apps' | 'images' | 'publicOrigin'>,
  query: AppConfigQuery,
): AppConfig {
  const [ios, android] = platforms.map((platform) => {
    const { minimum_version, latest_version } = apps[platform]
    return { minimum_version, latest_version, store_url: storeUrl(apps, platform) }
  })
  return {
    update: updateFor(apps, query),
    platforms: { ios: ios!, android: android! },
    features: { heic_photos: images !== null },
    legal: legalDocuments.map((document) => ({
      document,
      title: documents[document].title,
      version: currentVersion(document),
      is_required: documents[document].is_required,
      url: `${publicOrigin}/legal/${document}.html`,
    })),
    support: { contact_email: apps.support.email, contact_url: apps.support.url },
    links: { share: `${publicOrigin}/s/`, deep: `${APP_SCHEME}://` },
    limits: LIMITS,
  }
}

function updateFor(apps: Deps['apps'], { platform, app_version }: AppConfigQuery): AppConfig['update'] {
  if (!platform || !app_version) return 'unknown'
  const { minimum_version, latest_version } = apps[platform]
  if (minimum_version && compareVersions(app_version, minimum_version) < 0) return 'required'
  return latest_version && compareVersions(app_version, latest_version) < 0 ? 'recommended' : 'none'
}

export async function etagOf(answer: AppConfig): Promise<string> {
  return `"${(await sha256Hex(JSON.stringify(answer))).slice(0, 32)}"`
}

/** Links of shared walks open the app. Their pictures do not. */
export function getAppleAssociation({ apps }: Pick<Deps, 'apps'>): z.infer<typeof appleAssociationSchema> {
  if (apps.ios_link_ids.length === 0) throw notConfigured()
  const components = [
    { '/': '/s/*/*', exclude: true, comment: 'pictures of a shared walk' },
    { '/': '/s/*', comment: 'a shared walk' },
  ]
  return { applinks: { details: [{ appIDs: [...apps.ios_link_ids], components }] } }
}

export function getAssetLinks({ apps }: Pick<Deps, 'apps'>): z.infer<typeof assetLinksSchema> {
  const { store_id } = apps.android
  if (!store_id || apps.android_fingerprints.length === 0) throw notConfigured()
  return [
    {
      relation: ['delegate_permission/common.handle_all_urls'],
      target: { namespace: 'android_app', package_name: store_id, sha256_cert_fingerprints: [...apps.android_fingerprints] },
    },
  ]
}
