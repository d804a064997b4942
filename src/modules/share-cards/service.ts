import { base64url } from 'jose'
import { signedIn, type Actor } from '../../core/actor.ts'
import { toBase64 } from '../../core/base64.ts'
import { found } from '../../core/errors.ts'
import { pathIn } from '../../core/folders.ts'
import { sha256Hex } from '../../core/hash.ts'
import { photoPaths, thumbnailKey } from '../../core/media.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { readName } from '../photos/object-keys.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { walkNotFound } from '../walks/errors.ts'
import { drawCard } from './card.ts'
import { shareNotFound } from './errors.ts'
import { lostPage, sharePage } from './page.ts'
import { type CardContent, DRAWING_VERSION, isWithEmoji, PICTURE_PREFIX } from './picture.ts'
import { drawPreview } from './preview.ts'
import { deleteShareLinks, findSharedPhoto, findSharedWalk, insertShareLink, type SharedWalk } from './queries.ts'
import { rasterize } from './rasterizing.ts'
import type { CreateShareCard, ShareCard } from './schema.ts'
import type { Theme } from './themes.ts'
import { deviceOf } from './ways.ts'

/** A picture that is read is rewritten at most once a day. Its upload date is then its last use. */
const TOUCH_MS = DAY_MS

type PictureDeps = Pick<Deps, 'assets' | 'bucket' | 'db' | 'now' | 'waitUntil'>

/** The card, and the landscape picture that messengers show for the link. */
const DRAWINGS = { card: drawCard, preview: drawPreview } as const
export type Drawing = keyof typeof DRAWINGS

/** What themes are sold as, to those who are not premium. */
const SOLD_AS: Readonly<Record<Theme, string | null>> = {
  basic: null,
  dark: 'com.withbowwow.theme.dark',
  season: 'com.withbowwow.theme.season',
}

export async function shareWalk(
  { db, now, publicOrigin, countsSandbox }: Pick<Deps, 'db' | 'now' | 'publicOrigin' | 'countsSandbox'>,
  actor: Actor,
  walkId: string,
  { theme }: CreateShareCard,
): Promise<ShareCard> {
  const fresh = base64url.encode(crypto.getRandomValues(new Uint8Array(16)))
  const link = { walk_id: walkId, theme, token: fresh, product_id: SOLD_AS[theme] }
  const { is_found, token } = signedIn(await insertShareLink(db, actor, link, { now: now(), countsSandbox }))
  if (!is_found) throw walkNotFound()
  if (!token) throw premiumRequired()
  const share_url = sharePageUrl({ publicOrigin }, token)
  // The version is in the address, because messengers keep pictures by their address.
  return { url: `${share_url}/card.png?v=${DRAWING_VERSION}`, share_url }
}

function sharePageUrl({ publicOrigin }: Pick<Deps, 'publicOrigin'>, token: string): string {
  return `${publicOrigin}/s/${token}`
}

/** Deletes the links, and then the pictures. What of them remains is reached by nobody, and the sweep deletes it. */
export async function unshareWalk(
  { db, bucket, waitUntil }: Pick<Deps, 'db' | 'bucket' | 'waitUntil'>,
  actor: Actor,
  walkId: string,
): Promise<void> {
  if (!signedIn(await deleteShareLinks(db, actor, walkId)).is_found) throw walkNotFound()
  waitUntil(deletePictures(bucket, `${pathIn('share-cards', actor.user_id, walkId)}/`).catch(() => {}))
}

async function deletePictures(bucket: R2Bucket, prefix: string): Promise<void> {
  const { objects } = await bucket.list({ prefix })
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
}

export interface SharedPictures {
  readonly content: CardContent
  readonly extras: SharedWalk['extras']
  readonly photo_key: string | null
  readonly folder: string
  /** The hash of all that is drawn, so that a changed name is another picture. */
  readonly hash: string
}

export async function getPictures({ db }: Pick<Deps, 'db'>, token: string): Promise<SharedPictures> {
  const { walk_id, user_id, photo_key, extras, ...content } = found(await findSharedWalk(db, token), shareNotFound)
  const hash = (await sha256Hex(JSON.stringify([DRAWING_VERSION, content, photo_key]))).slice(0, 32)
  return { content, extras, photo_key, hash, folder: pathIn('share-cards', user_id, walk_id) }
}

/** The page as HTML, for the device that asks. */
export async function showPage(deps: Pick<Deps, 'db' | 'publicOrigin' | 'apps'>, token: string, userAgent: string): Promise<string> {
  const { content, extras, photo_key, hash } = await getPictures(deps, token)
  const page = sharePageUrl(deps, token)
  const photos = extras.photos.map((photo) => {
    const { photo_url, thumbnail_url } = photoPaths(photo, 400)
    const atLink = (path: string) => `/s/${token}/photos/${path.split('/').at(-1)}`
    return { url: atLink(photo_url), thumbnail_url: atLink(thumbnail_url) }
  })
  // A picture whose content has changed has another address, because messengers keep pictures by their address.
  const urls = {
    page,
    card: `${page}/card.png?v=${hash}`,
    preview: `${page}/preview.png?v=${hash}`,
    pet: photo_key && `${page}/pet.jpg?v=${hash}`,
  }
  return sharePage({ content, extras: { ...extras, photos }, urls, token, apps: deps.apps, device: deviceOf(userAgent) })
}

export function showLostPage({ apps }: Pick<Deps, 'apps'>, userAgent: string): string {
  return lostPage({ apps, device: deviceOf(userAgent) })
}

/** A picture as PNG, from R2, or drawn and stored there. It is shown even when R2 fails. */
export async function readPicture(deps: PictureDeps, shared: SharedPictures, drawing: Drawing): Promise<Uint8Array<ArrayBuffer>> {
  const { content, folder, hash, photo_key } = shared
  const key = `${folder}/${PICTURE_PREFIX}${content.theme}-${drawing}-${hash}.png`
  const kept = await deps.bucket.get(key).catch(() => null)
  if (kept) {
    const png = new Uint8Array(await kept.arrayBuffer())
    if (deps.now().getTime() - kept.uploaded.getTime() > TOUCH_MS) deps.waitUntil(keep(deps, key, png))
    return png
  }
  const photo = photo_key ? await readPhoto(deps, photo_key) : null
  const png = await rasterize(DRAWINGS[drawing](content, photo ?? null), await loadFonts(deps, content))
  // A picture is not stored where R2 did not answer, so that the next reader may get a better one. A photo that is lost stays lost, so its picture is stored.
  if (photo !== undefined) deps.waitUntil(keep(deps, key, png))
  return png
}

async function keep({ bucket }: Pick<Deps, 'bucket'>, key: string, png: Uint8Array<ArrayBuffer>): Promise<void> {
  await bucket.put(key, png, { httpMetadata: { contentType: 'image/png' } }).catch((error: unknown) => {
    console.warn(JSON.stringify({ level: 'warn', message: 'R2 did not take a picture of a walk', error: String(error) }))
  })
}

/** The pet's photo that the pictures show, as a thumbnail. */
export async function findPetPhoto({ db }: Pick<Deps, 'db'>, token: string): Promise<{ key: string; type: string }> {
  const { photo_key } = found(await findSharedWalk(db, token), shareNotFound)
  return { key: thumbnailKey(found(photo_key, shareNotFound), 400), type: 'image/jpeg' }
}

/** A photo of the shared walk, or its thumbnail. */
export async function findPhoto({ db }: Pick<Deps, 'db'>, token: string, name: string): Promise<{ key: string; type: string }> {
  const { photo_name, type } = found(readName(name), shareNotFound)
  const { object_key } = found(await findSharedPhoto(db, token, photo_name), shareNotFound)
  return { key: `${object_key.slice(0, -photo_name.length)}${name}`, type }
}

/**
 * Only a thumbnail is ever decoded here. It was made by the image service and has at most 400 pixels a side. Answers `null` where the photo is lost, and
 * `undefined` where R2 does not answer.
 */
async function readPhoto({ bucket }: Pick<Deps, 'bucket'>, objectKey: string): Promise<string | null | undefined> {
  try {
    const object = await bucket.get(thumbnailKey(objectKey, 400))
    return object && `data:image/jpeg;base64,${toBase64(new Uint8Array(await object.arrayBuffer()))}`
  } catch {
    return undefined
  }
}

function loadFonts({ assets }: Pick<Deps, 'assets'>, content: CardContent): Promise<Uint8Array[]> {
  const files = ['noto-sans-kr-bold.ttf', 'noto-sans-kr-medium-labels.ttf', ...(isWithEmoji(content) ? ['noto-emoji-bold.ttf'] : [])]
  return Promise.all(
    files.map(async (file) => {
      const response = await assets.fetch(`https://assets/fonts/${file}`)
      if (!response.ok) throw new Error(`the font ${file} is missing: ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    }),
  )
}
