/** Deletes what is old some at a time, so that no statement takes long, until nothing is left or the run has done its share; how many. */
export async function deleteInSlices(
  deleteSome: (limit: number) => Promise<number>,
  { slice = 1_000, slicesMax = 20 }: { slice?: number; slicesMax?: number } = {},
): Promise<{ purged: number }> {
  let purged = 0
  for (let n = 0; n < slicesMax; n++) {
    const gone = await deleteSome(slice)
    purged += gone
    if (gone < slice) break
  }
  return { purged }
}
