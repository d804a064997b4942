import type { Deps } from '../../deps.ts'
import { insertPeriod } from './queries.ts'

/** Gives somebody premium from now on, for nothing. A period that begins now changes nothing that is stored, so no fact is folded again. */
export function grantPremium({ db, now }: Pick<Deps, 'db' | 'now'>, userId: string, until: Date): Promise<void> {
  return insertPeriod(db, { user_id: userId, provider: 'grant', starts_at: now().toISOString(), ends_at: until.toISOString() })
}
