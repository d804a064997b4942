import { MaxFileSizeExceededError, MaxTotalSizeExceededError, MultipartParseError, parseMultipart } from '@remix-run/multipart-parser'
import type { Context } from 'hono'
import { bodyTooLarge, malformedRequest, validationFailed } from './problem.ts'
import { MAX_BYTES } from './responses.ts'
import type { AppEnv } from './env.ts'

/** What a form may add to the file: its fields, and the lines between them. */
export const FORM_OVERHEAD_BYTES = 65_536
const PARTS_MAX = 20
const UTF8 = new TextDecoder()

export interface Upload {
  readonly file: Uint8Array<ArrayBuffer>
  /** The form's other fields. There are none when the body is the file. */
  readonly fields: Readonly<Record<string, string>>
}

/** Reads a file from the field `file` of a form, or from the body itself. Stops at the first byte too many. */
export async function readUpload(c: Context<AppEnv>, maxBytes: number): Promise<Upload> {
  const { body } = c.req.raw
  const [type, boundary] = contentType(c.req.header('Content-Type') ?? '')
  if (Number(c.req.header('Content-Length') ?? 0) > maxBytes + FORM_OVERHEAD_BYTES) throw bodyTooLarge()
  if (!body) throw noFile()
  if (type !== 'multipart/form-data') {
    const file = await readBytes(body, maxBytes)
    if (file.length === 0) throw noFile()
    return { file, fields: {} }
  }
  if (!boundary) throw malformedRequest()
  try {
    return await readForm(body, boundary, maxBytes)
  } catch (error) {
    if (error instanceof MaxFileSizeExceededError || error instanceof MaxTotalSizeExceededError) throw bodyTooLarge({ cause: error })
    if (error instanceof MultipartParseError || error instanceof TypeError) throw malformedRequest({ cause: error })
    throw error
  }
}

async function readForm(body: ReadableStream<Uint8Array>, boundary: string, maxBytes: number): Promise<Upload> {
  let file: Uint8Array<ArrayBuffer> | undefined
  const fields: Record<string, string> = {}
  // The parser takes an end that comes in pieces for an error, so it gets the whole.
  const form = await readBytes(body, maxBytes + FORM_OVERHEAD_BYTES)
  const limits = { maxFileSize: maxBytes, maxTotalSize: maxBytes + FORM_OVERHEAD_BYTES, maxParts: PARTS_MAX }
  for (const part of parseMultipart([openingOf(boundary), form], { boundary, ...limits })) {
    if (part.name === 'file') {
      if (file) throw noFile()
      file = part.bytes as Uint8Array<ArrayBuffer> // the parser has just made them
    } else if (part.name && part.size <= FORM_OVERHEAD_BYTES) fields[part.name] = UTF8.decode(part.bytes)
  }
  if (!file || file.length === 0) throw noFile()
  return { file, fields }
}

/**
 * RFC 2046 lets anything stand before the first boundary, be it only a line break. The parser wants a boundary there. So it gets one, with an empty header:
 * what stands before the first real one becomes the content of a part without a name, which is thrown away.
 */
function openingOf(boundary: string): Uint8Array {
  return new TextEncoder().encode(`--${boundary}\r\n\r\n\r\n\r\n`)
}

async function readBytes(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxBytes) throw bodyTooLarge()
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks.splice(0)) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function contentType(header: string): [type: string, boundary: string | undefined] {
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim())
  const boundary = parameters.find((parameter) => /^boundary=/i.test(parameter))?.slice('boundary='.length)
  return [type.toLowerCase(), boundary?.replace(/^"(.*)"$/, '$1')]
}

const noFile = () =>
  validationFailed({ extensions: { errors: [{ path: 'body.file', code: 'invalid_type', message: '사진 파일을 하나 보내 주세요' }] } })

const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] as const

const FILE_ADVICE = `A JPEG, PNG or WebP, or a HEIC where the image service reads it, that does not move. The content decides, whatever name and type it comes with. It comes in the field \`file\` of a form, or as the body itself.

In React Native, \`form.append('file', { uri, name: 'photo.jpg', type: 'image/jpeg' })\`, and no Content-Type of one's own, because \`fetch\` adds the boundary to it. An iPhone makes a JPEG of its HEIC where the picker is asked for the compatible representation.`

/**
 * `request: { body: fileBody(…) }`: documented only. The handler reads the body itself, because a validator would hold it twice in memory. The raw file as a body
 * is told of in words: with several types of body, generators make clients that do not compile.
 */
export function fileBody(maxBytes: number, fields: Readonly<Record<string, object>> = {}) {
  const binary = { type: 'string', format: 'binary' } as const
  const form = { type: 'object' as const, required: ['file'], properties: { file: binary, ...fields } }
  return {
    required: true as const,
    description: FILE_ADVICE,
    content: {
      'multipart/form-data': { schema: form, encoding: { file: { contentType: PICTURE_TYPES.join(', ') } } },
    },
    [MAX_BYTES]: maxBytes + FORM_OVERHEAD_BYTES,
  }
}
