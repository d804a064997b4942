import type { Db } from '../../db/client.ts'
import { premiumPeriods } from '../../db/schema/subscriptions.ts'

export interface Period {
  readonly user_id: string
  readonly provider: string
  readonly starts_at: string
  readonly ends_at: string
}

export async function insertPeriod(db: Db, period: Period): Promise<void> {
  await db.insert(premiumPeriods).values(period)
}
