import { temporarilyUnavailable } from '../core/errors.ts'

export interface ObjectHeaders {
  readonly type: string
  readonly cache: string
}

/** What whoever opens the address itself is kept from: scripts, frames, guessing at another type. */
const SAFE_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Content-Disposition': 'inline',
}

export function imageHeaders({ type, cache }: ObjectHeaders): Record<string, string> {
  return { ...SAFE_HEADERS, 'Content-Type': type, 'Cache-Control': cache }
}

/**
 * An object of R2 as HTTP has it: 304 to who has it already, 206 to who wants a stretch of it (RFC 9110 §13, §14). `null` where there is none. R2 failing is
 * a 503.
 */
export async function sendObject(bucket: R2Bucket, key: string, request: Request, headers: ObjectHeaders): Promise<Response | null> {
  const isAsked = request.headers.has('Range') || request.headers.has('If-None-Match')
  const known = isAsked ? await reach(bucket.head(key)) : null
  if (isAsked && !known) return null
  const answer = new Headers({ ...imageHeaders(headers), 'Accept-Ranges': 'bytes' })
  if (known && isKnown(request, known.httpEtag)) {
    answer.set('ETag', known.httpEtag)
    return new Response(null, { status: 304, headers: answer })
  }
  const range = known && readRange(request.headers, known)
  if (known && range === 'unsatisfiable') {
    answer.set('Content-Range', `bytes */${known.size}`)
    return new Response(null, { status: 416, headers: answer })
  }
  const stretch = range === 'unsatisfiable' ? null : range
  const object = await reach(bucket.get(key, stretch ? { range: stretch } : {}))
  if (!object) return null
  answer.set('ETag', object.httpEtag)
  answer.set('Content-Length', String(stretch?.length ?? object.size))
  if (stretch) answer.set('Content-Range', `bytes ${stretch.offset}-${stretch.offset + stretch.length - 1}/${object.size}`)
  return new Response(object.body, { status: stretch ? 206 : 200, headers: answer })
}

async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    throw temporarilyUnavailable({ cause, headers: { 'Retry-After': '1' } })
  }
}

/** Whether `If-None-Match` names the entity; weak comparison, as RFC 9110 §13.1.2 has it. */
export function isKnown(request: Request, etag: string): boolean {
  const tags = request.headers.get('If-None-Match')
  return tags !== null && tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}

interface Stretch {
  readonly offset: number
  readonly length: number
}

/** One range; `null` for what is to be answered whole: several at once, another unit, nonsense, an `If-Range` of something else. */
function readRange(headers: Headers, { size, httpEtag }: R2Object): Stretch | 'unsatisfiable' | null {
  const ifRange = headers.get('If-Range')
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('Range')?.trim() ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '') || (ifRange !== null && ifRange !== httpEtag)) return null
  if (from !== '' && to !== '' && Number(from) > Number(to)) return null
  const offset = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return offset > last ? 'unsatisfiable' : { offset, length: last - offset + 1 }
}
