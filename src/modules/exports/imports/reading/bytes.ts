import { Refusal } from './refusal.ts'

export type Bytes = Uint8Array<ArrayBuffer>
export type Chunks = AsyncIterable<Bytes>

/** More than a day of a watch that writes every second. */
export const FILE_MAX_BYTES = 50 * 1_048_576
/** Text of recordings shrinks to a tenth. What shrinks to less than a two-hundredth is a bomb. */
const RATIO_MAX = 200
const RATIO_FREE_BYTES = 1_048_576

/** Chunks of a stream, whether or not it can be iterated itself. */
export async function* chunksOf(stream: ReadableStream<Bytes>): Chunks {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** Undoes `gzip` or `deflate-raw`, and stops where more comes out than any recording needs. `onBytes` is told of every byte that came out. */
export async function* inflate(chunks: Chunks, format: 'gzip' | 'deflate-raw', onBytes: (count: number) => void): Chunks {
  let [packed, unpacked] = [0, 0]
  const iterator = chunks[Symbol.asyncIterator]()
  const source = new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next()
          if (done) return controller.close()
          packed += value.length
          controller.enqueue(value)
        } catch (error) {
          controller.error(error)
        }
      },
      cancel: async () => void (await iterator.return?.()),
    },
    { highWaterMark: 0 },
  )
  const inflated = source.pipeThrough(new DecompressionStream(format) as unknown as ReadableWritablePair<Bytes, Bytes>)
  try {
    for await (const chunk of chunksOf(inflated)) {
      unpacked += chunk.length
      onBytes(chunk.length)
      if (unpacked > FILE_MAX_BYTES || unpacked > RATIO_FREE_BYTES + RATIO_MAX * packed) throw new Refusal('too_large')
      yield chunk
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('unreadable', { cause: error })
  }
}

/** The first bytes of a file, and the file with them. */
export async function peek(chunks: Chunks, count: number): Promise<{ head: Bytes; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]()
  let head: Bytes = new Uint8Array(0)
  let isOver = false
  while (head.length < count && !isOver) {
    const { done, value } = await iterator.next()
    if (done) isOver = true
    else head = concat([head, value])
  }
  const all = (async function* () {
    if (head.length > 0) yield head
    if (!isOver) yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  return { head, all }
}

/** A file as a whole, or a refusal where it is larger. */
export async function readAll(chunks: Chunks, maxBytes: number): Promise<Bytes> {
  const list: Bytes[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > maxBytes) throw new Refusal('too_large')
    list.push(chunk)
  }
  return concat(list)
}

export function concat(list: readonly Bytes[]): Bytes {
  const all = new Uint8Array(list.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of list) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
