import { temporarilyUnavailable } from '../core/errors.ts'

export interface ObjectHeaders {
  readonly type: string
  readonly cache: string
}

/** For a browser that opens the address itself: no scripts, no frames, no guessing of another type. */
const SAFE_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Content-Disposition': 'inline',
}

export function imageHeaders({ type, cache }: ObjectHeaders): Record<string, string> {
  return { ...SAFE_HEADERS, 'Content-Type': type, 'Cache-Control': cache }
}

/**
 * Answers with an object of R2: 304 if the client has it already, 206 for a range (RFC 9110 §13, §14). `null` if there is no such object. When R2 fails,
 * throws a 503.
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
    throw temporarilyUnavailable({ cause })
  }
}

/** Whether `If-None-Match` names the entity, by the weak comparison of RFC 9110 §13.1.2. */
export function isKnown(request: Request, etag: string): boolean {
  const tags = request.headers.get('If-None-Match')
  return tags !== null && tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}

interface Stretch {
  readonly offset: number
  readonly length: number
}

/** The one range that is asked for. `null` means the whole object: for several ranges, another unit, nonsense, or an `If-Range` that does not match. */
function readRange(headers: Headers, { size, httpEtag }: R2Object): Stretch | 'unsatisfiable' | null {
  const ifRange = headers.get('If-Range')
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('Range')?.trim() ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '') || (ifRange !== null && ifRange !== httpEtag)) return null
  if (from !== '' && to !== '' && Number(from) > Number(to)) return null
  const offset = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return offset > last ? 'unsatisfiable' : { offset, length: last - offset + 1 }
}
