import { createApi, createTestDeps, type Api } from './api.ts'
import { signUp } from './login.ts'
import { freshPhoto } from './photos.ts'
import { deliverTask } from './tasks.ts'
import { addPet, freshTrack, walk } from './walks.ts'

export async function makeAdmin({ user }: Api): Promise<void> {
  await createTestDeps().db.execute(`UPDATE users SET role = 'admin' WHERE id = '${user?.user_id}'`)
}

export async function signUpAdmin(...of: Parameters<typeof signUp>) {
  const admin = await signUp(...of)
  await makeAdmin(admin)
  return admin
}

const shared = new Map<string | undefined, number>()

/** A walk that everybody sees. Each of the same person is an hour earlier than the one before. */
export async function shareWalk(author: Api, more: object = {}): Promise<string> {
  const n = (shared.get(author.user?.user_id) ?? 0) + 1
  shared.set(author.user?.user_id, n)
  const track = freshTrack({ agoMs: n * 3_600_000 })
  const { id, status } = await walk(author, [await addPet(author)], { track, more: { shared_to_feed: true, ...more } })
  if (status !== 200) throw new Error(`the walk answered ${status}`)
  return id
}

/** A shared walk of somebody, which somebody else has reported. */
export async function reportWalk(author: Api, reason = 'inappropriate', reporter?: Api): Promise<string> {
  const target_id = await shareWalk(author)
  const { status } = await (reporter ?? (await signUp())).post('/reports', { target_type: 'walk', target_id, reason })
  if (status !== 200) throw new Error(`the report answered ${status}`)
  return target_id
}

/** The action by which an admin warned somebody. */
export async function warn(author: Api, admin?: Api): Promise<string> {
  const id = await reportWalk(author)
  const { status, json } = await (admin ?? (await signUpAdmin())).patch(`/admin/reports/walk/${id}`, { action: 'warn' })
  if (status !== 200) throw new Error(`the warning answered ${status}`)
  return json.history[0].id as string
}

export const DEMAND = { claimant_name: '김보호', contact: 'claimant@example.com', ground: 'privacy', statement: '제 얼굴이 나와요' }

/** A demand to take a walk down. */
export async function demand(walkId: string, more: object = {}, api: Api = createApi()): Promise<{ id: string; case_number: string }> {
  const { status, json } = await api.post('/takedowns', { ...DEMAND, target_type: 'walk', target_id: walkId, ...more })
  if (status !== 202) throw new Error(`the demand answered ${status}`)
  const { case_number } = json as { case_number: string }
  const { rows } = await createTestDeps().db.execute<{ id: string }>(`SELECT id FROM takedowns WHERE case_number = '${case_number}'`)
  return { id: rows[0]!.id, case_number }
}

/** The case number of a walk of somebody that is closed. */
export async function closeWalk(author: Api): Promise<string> {
  const { id, case_number } = await demand(await shareWalk(author))
  const { status } = await (await signUpAdmin()).patch(`/admin/takedowns/${id}`, { decision: 'close' })
  if (status !== 200) throw new Error(`closing answered ${status}`)
  return case_number
}

/** Runs the jobs of the outbox that keep or drop copies for a case. */
export async function runEvidenceJobs(targetId: string): Promise<void> {
  const deps = createTestDeps()
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT id FROM outbox WHERE type LIKE 'moderation.%' AND payload ->> 'target_id' = '${targetId}' AND done_at IS NULL ORDER BY created_at`,
  )
  for (const { id } of rows) await deliverTask({ outbox_id: id }, deps, { queue: 'jobs' })
}

/** The address of a copy that was made of a reported photo of somebody. */
export async function evidenceOf(author: Api): Promise<{ path: string }> {
  const target_id = await shareWalk(author)
  const photo = await author.post(`/upload/walk-photo/${target_id}`, await freshPhoto())
  await (await signUp()).post('/reports', { target_type: 'walk', target_id, reason: 'privacy' })
  await runEvidenceJobs(target_id)
  const { json } = await (await signUpAdmin()).get(`/admin/reports/walk/${target_id}`)
  if (photo.status !== 201) throw new Error(`the upload answered ${photo.status}`)
  return { path: json.snapshot.photos[0].photo_url }
}

/** Comments as they are written, where writing them is not part of the test. */
export async function addComment(author: Api, walkId: string, content = '귀여워요'): Promise<string> {
  const id = crypto.randomUUID()
  await createTestDeps().db.execute(`
    INSERT INTO comments (id, request_hash, walk_id, user_id, author_id, content, created_at)
    SELECT '${id}', '', posts.walk_id, '${author.user?.user_id}', posts.author_id, '${content}', now() FROM posts WHERE walk_id = '${walkId}'`)
  return id
}
