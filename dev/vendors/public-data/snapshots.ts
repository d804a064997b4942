import { z } from 'zod'
import { createHost, readControl } from '../vendor.ts'

const SNAPSHOT_KINDS = ['animal_hospitals', 'animal_pharmacies', 'city_parks'] as const
export type SnapshotKind = (typeof SNAPSHOT_KINDS)[number]

const snapshotSchema = z.strictObject({
  kind: z.enum(SNAPSHOT_KINDS),
  /** Added to what the source says of its size. */
  total_lies: z.int().optional(),
  /** Only so many of the first rows are there, as on a bad day of the source. */
  rows_max: z.int().min(0).optional(),
  /** How city parks come. */
  envelope: z.enum(['response', 'bare', 'array']).optional(),
  fields: z.enum(['camel', 'upper']).optional(),
})
export type Snapshot = z.output<typeof snapshotSchema>

export type Snapshots = ReturnType<typeof createSnapshots>

/** How the sources of places behave: what is set for one stays until it is set anew. */
export function createSnapshots() {
  const set = new Map<SnapshotKind, Snapshot>()
  const control = createHost()
  control.post('/places/snapshot', async (c) => {
    const snapshot = await readControl(c, snapshotSchema)
    set.set(snapshot.kind, snapshot)
    return c.json(snapshot)
  })
  return {
    control,
    reset: () => set.clear(),
    settingsOf: (kind: SnapshotKind): Omit<Snapshot, 'kind'> => set.get(kind) ?? {},
    of<T>(kind: SnapshotKind, all: readonly T[]): { rows: readonly T[]; total: number } {
      const { total_lies = 0, rows_max = Infinity } = set.get(kind) ?? {}
      const rows = all.slice(0, rows_max)
      return { rows, total: Math.max(0, rows.length + total_lies) }
    },
  }
}
