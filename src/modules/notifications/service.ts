import { signedIn, type User } from '../../core/actor.ts'
import type { Deps } from '../../deps.ts'
import { deletePushToken, upsertPushToken } from './queries.ts'
import type { PushToken, RegisterPushToken } from './schema.ts'

const DEVICES_MAX = 20

export async function registerPushToken({ db, now }: Pick<Deps, 'db' | 'now'>, actor: User, input: RegisterPushToken): Promise<PushToken> {
  return signedIn(await upsertPushToken(db, actor, input, { keep: DEVICES_MAX, now: now() }))
}

export async function removePushToken({ db }: Pick<Deps, 'db'>, actor: User, token: string): Promise<void> {
  signedIn(await deletePushToken(db, actor, token))
}
