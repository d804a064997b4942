import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { findCompanyOf } from './queries.ts'
import type { FindCompany } from './schema.ts'

/** Finds company for somebody's walks. Company that was found before stays. */
export async function findCompanyForWalks(deps: Pick<Deps, 'db' | 'now' | 'pushes' | 'wakeAt'>, { user_id }: FindCompany): Promise<void> {
  const told = await findCompanyOf(deps.db, { user_id }, deps.now())
  if (told.length > 0) await announcePushes(deps, told)
}
