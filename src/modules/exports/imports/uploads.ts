import { importFileMissing, importFileTooLarge } from './errors.ts'

/** R2 wants parts of equal size, of at least 5 MiB. Two of them are in memory at once. */
const PART_BYTES = 8 * 1_048_576

/**
 * Stores a body of unknown length in R2 without holding the whole of it. A phone's upload has a length, but one that is packed or comes through a proxy has none, and R2
 * takes no stream without. Answers how many bytes there are.
 */
export async function storeBody(bucket: R2Bucket, key: string, body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<number> {
  if (!body) throw importFileMissing()
  let upload: R2MultipartUpload | undefined
  const parts: R2UploadedPart[] = []
  let bytes = 0
  try {
    for await (const part of partsOf(body)) {
      bytes += part.length
      if (bytes > maxBytes) throw importFileTooLarge()
      if (part.length < PART_BYTES && !upload) {
        await bucket.put(key, part)
        return bytes
      }
      upload ??= await bucket.createMultipartUpload(key)
      parts.push(await upload.uploadPart(parts.length + 1, part))
    }
    if (!upload) throw importFileMissing()
    await upload.complete(parts)
    return bytes
  } catch (error) {
    await upload?.abort().catch(() => undefined)
    throw error
  }
}

/** Whole parts, and at the end what is left of one. */
async function* partsOf(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  let part = new Uint8Array(PART_BYTES)
  let filled = 0
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.subarray(at, at + PART_BYTES - filled)
      part.set(taken, filled)
      filled += taken.length
      at += taken.length
      if (filled < PART_BYTES) continue
      yield part
      part = new Uint8Array(PART_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield part.subarray(0, filled)
}
