import type { Deps } from '../../src/deps.ts'
import { publishAnnouncement } from '../../src/modules/admin/service.ts'
import { consume } from '../../src/queues.ts'
import { CAST } from './owners.ts'
import type { Domain } from './town.ts'

const ANNOUNCED_EVERY_DAYS = 30

/** By hand in the database, as roles are given in a real product. */
export async function giveRole({ db }: Pick<Deps, 'db'>, userId: string, role: 'admin' | 'tester'): Promise<void> {
  if (!/^[0-9a-f-]{36}$/.test(userId)) throw new Error(`${userId} is no id`)
  await db.execute(`UPDATE users SET role = '${role}' WHERE id = '${userId}'`)
}

/** An admin tells everybody of a new version once a month, and a message that nobody understands rests among the dead letters. */
export const admin: Domain = (town, day) => {
  const owner = town.owners[CAST.admin]!
  const acts = []
  if (day.index === owner.joins + 1)
    acts.push(
      { at: day.at(9.5), run: (deps: Deps) => giveRole(deps, town.resident(owner).actor.user_id, 'admin') },
      { at: day.at(9.6), run: (deps: Deps) => consume(deadMessage(town.id('dead letter')), deps) },
    )
  if (day.index % ANNOUNCED_EVERY_DAYS === 8)
    acts.push({
      at: day.at(11),
      run: (deps: Deps) =>
        publishAnnouncement(deps, town.resident(owner).actor, {
          id: town.id('announcement', day.date),
          title: '새로워진 멍이랑을 만나 보세요',
          body: '산책 기록이 더 정확해졌어요. 앱을 최신 버전으로 업데이트해 주세요.',
        }),
    })
  return acts
}

function deadMessage(id: string): MessageBatch {
  const message = {
    id: id.replaceAll('-', ''),
    body: { outbox: 'unreadable' },
    attempts: 8,
    timestamp: new Date(),
    ack: () => {},
    retry: () => {},
  }
  return { queue: 'jobs-dead', messages: [message] } as unknown as MessageBatch
}
