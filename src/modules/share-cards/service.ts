import { base64url } from 'jose'
import { signedIn, type Actor } from '../../core/actor.ts'
import { toBase64 } from '../../core/base64.ts'
import { found } from '../../core/errors.ts'
import { pathIn } from '../../core/folders.ts'
import { sha256Hex } from '../../core/hash.ts'
import { thumbnailKey } from '../../core/media.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { walkNotFound } from '../walks/errors.ts'
import { CARD_PREFIX, type CardContent, cardUrl, drawCard, isWithEmoji } from './card.ts'
import { shareNotFound } from './errors.ts'
import { deleteShareLinks, findSharedWalk, insertShareLink } from './queries.ts'
import { rasterize } from './rasterizing.ts'
import type { CreateShareCard, ShareCard } from './schema.ts'

/** A card that is read is rewritten at most once a day. Its upload date is then its last use. */
const TOUCH_MS = DAY_MS

type CardDeps = Pick<Deps, 'assets' | 'bucket' | 'db' | 'now' | 'waitUntil'>

export async function shareWalk(
  { db, now, publicOrigin }: Pick<Deps, 'db' | 'now' | 'publicOrigin'>,
  actor: Actor,
  walkId: string,
  { theme }: CreateShareCard,
): Promise<ShareCard> {
  const fresh = base64url.encode(crypto.getRandomValues(new Uint8Array(16)))
  const link = { walk_id: walkId, theme, token: fresh, needs_premium: theme !== 'basic' }
  const { is_found, token } = signedIn(await insertShareLink(db, actor, link, now()))
  if (!is_found) throw walkNotFound()
  if (!token) throw premiumRequired()
  const share_url = sharePageUrl({ publicOrigin }, token)
  return { url: cardUrl(share_url), share_url }
}

export function sharePageUrl({ publicOrigin }: Pick<Deps, 'publicOrigin'>, token: string): string {
  return `${publicOrigin}/s/${token}`
}

export async function unshareWalk({ db }: Pick<Deps, 'db'>, actor: Actor, walkId: string): Promise<void> {
  if (!signedIn(await deleteShareLinks(db, actor, walkId)).is_found) throw walkNotFound()
}

export interface Card {
  readonly content: CardContent
  readonly photo_key: string | null
  readonly key: string
  /** The hash of all that is drawn, so that a changed name is another card. */
  readonly hash: string
}

export async function getCard({ db }: Pick<Deps, 'db'>, token: string): Promise<Card> {
  const walk = found(await findSharedWalk(db, token), shareNotFound)
  const { walk_id, user_id, photo_key, ...content } = walk
  const hash = (await sha256Hex(JSON.stringify([content, photo_key]))).slice(0, 32)
  return { content, photo_key, hash, key: pathIn('share-cards', user_id, walk_id, `${CARD_PREFIX}${content.theme}-${hash}.png`) }
}

/** The card as PNG, from R2, or drawn and stored there. It is shown even when R2 fails. */
export async function readCard(deps: CardDeps, card: Card): Promise<Uint8Array<ArrayBuffer>> {
  const kept = await deps.bucket.get(card.key).catch(() => null)
  if (kept) {
    const png = new Uint8Array(await kept.arrayBuffer())
    if (deps.now().getTime() - kept.uploaded.getTime() > TOUCH_MS) deps.waitUntil(keep(deps, card, png))
    return png
  }
  const photo = card.photo_key ? await readPhoto(deps, card.photo_key) : null
  const png = await rasterize(drawCard(card.content, photo ?? null), await loadFonts(deps, card.content))
  // A card is not stored where R2 did not answer, so that the next reader may get a better one. A photo that is lost stays lost, so its card is stored.
  if (photo !== undefined) deps.waitUntil(keep(deps, card, png))
  return png
}

async function keep({ bucket }: Pick<Deps, 'bucket'>, { key }: Card, png: Uint8Array<ArrayBuffer>): Promise<void> {
  await bucket.put(key, png, { httpMetadata: { contentType: 'image/png' } }).catch((error: unknown) => {
    console.warn(JSON.stringify({ level: 'warn', message: 'R2 did not take a share card', error: String(error) }))
  })
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
