import type { Deps } from '../../deps.ts'
import { pingDatabase } from './queries.ts'

export async function checkReadiness({ db, pingRedis }: Pick<Deps, 'db' | 'pingRedis'>) {
  const answers = (ping: Promise<unknown>) =>
    ping.then(
      () => true,
      () => false,
    )
  const [postgres, redis] = await Promise.all([answers(pingDatabase(db)), answers(pingRedis())])
  return { postgres, redis }
}
