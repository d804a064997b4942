import { type SQL, sql } from 'drizzle-orm'
import type { KeyedHashes } from '../../../core/keyed-hashes.ts'

export type Pads = Awaited<ReturnType<KeyedHashes['pads']>>

const bytes = (hex: string): SQL => sql`decode(${hex}, 'hex')`

/** The pads as two arguments of a function. */
export const padArguments = ({ inner, outer }: Pads): SQL => sql`${bytes(inner)}, ${bytes(outer)}`

/** What the trial of somebody is counted by, as a call that gives a set. */
export const trialKeysOf = (userId: SQL, pads: Pads): SQL => sql`trial_keys_of(${userId}, ${padArguments(pads)})`
