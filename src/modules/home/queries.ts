import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { geographyPoint, type LatLng } from '../../db/geography.ts'
import { viewer } from '../../db/viewer.ts'

// blocked too: `board_page`, `unread_counts`, `count_open_invitations` and `count_requests` ask.
/** All sections of the first screen, each as its own domain's function answers it. `Page` is what `home_page` answers. */
export function findHome<Page>(db: Db, actor: Actor, at: LatLng | null, asked: object, now: Date): Promise<{ page: Page } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT home_page(viewer.id, viewer.region_code, ${at && geographyPoint(at)}, ${JSON.stringify(asked)}::jsonb, ${now.toISOString()}) AS page
    FROM viewer`,
  )
}
