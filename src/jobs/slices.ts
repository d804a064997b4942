import { type Part, TRIPS_MAX } from './job.ts'

/** Deletes in slices until nothing is left, so that no statement takes long. What one message cannot delete the next message does. */
export async function deleteInSlices(deleteSome: (limit: number) => Promise<number>, slice = 1_000): Promise<Part> {
  let purged = 0
  for (let trip = 0; trip < TRIPS_MAX; trip++) {
    const gone = await deleteSome(slice)
    purged += gone
    if (gone < slice) return { counts: { purged }, next: null }
  }
  return { counts: { purged }, next: 'more' }
}
