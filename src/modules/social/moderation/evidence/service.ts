import { found } from '../../../../core/errors.ts'
import { evidencePath } from '../../../../core/folders.ts'
import type { Deps } from '../../../../deps.ts'
import { readName } from '../../../photos/object-keys.ts'
import { evidenceNotFound } from '../errors.ts'
import type { EvidenceParam, EvidenceQuery } from './schema.ts'

/** The object that an admin's signed address shows. Nobody else gets such an address. */
export async function openEvidence(
  { media }: Pick<Deps, 'media'>,
  { name, ...target }: EvidenceParam,
  { expires, signature }: EvidenceQuery,
): Promise<{ key: string; type: string; cache: string }> {
  const { type } = found(readName(name), evidenceNotFound)
  const secondsLeft = found(await media.verify(evidencePath(target), { expires: Number(expires), signature }), evidenceNotFound)
  return { key: evidencePath(target, name), type, cache: `private, max-age=${secondsLeft}, immutable` }
}
