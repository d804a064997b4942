import type { Deps } from '../deps.ts'

/** Deletes every object of the bucket under a prefix; safe to repeat. */
export async function deleteObjects({ bucket }: Pick<Deps, 'bucket'>, prefix: string): Promise<void> {
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix })
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
    if (!truncated) return
  }
}
