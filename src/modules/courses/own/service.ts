import { signedIn, type Actor } from '../../../core/actor.ts'
import { type AppError, found } from '../../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import { assertDecent } from '../../../core/words/decent.ts'
import type { Deps } from '../../../deps.ts'
import { placeNotFound } from '../../places/errors.ts'
import { refuseSuspended } from '../../social/suspensions/service.ts'
import { premiumRequired } from '../../subscriptions/errors.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { courseLimitReached, courseNotBetween, courseNotFound, coursePairTaken, courseTooClose, courseWayInvalid } from '../errors.ts'
import type { Course } from '../schema.ts'
import {
  deleteCourse,
  insertCourse,
  type MakeVerdict,
  previewCourse,
  publishCourse,
  type PublishVerdict,
  updateCourse,
  withdrawCourse,
} from './queries.ts'
import { wayOf } from './rules.ts'
import type { CreateCourse, EditCourse, PlacePair } from './schema.ts'

const COURSES_MAX = 100

const UNMADE: Readonly<Record<MakeVerdict, () => AppError>> = {
  made: courseNotFound,
  taken: idempotencyConflict,
  not_premium: premiumRequired,
  no_walk: walkNotFound,
  bad_way: courseWayInvalid,
  too_many: courseLimitReached,
}

const UNPUBLISHED: Readonly<Record<PublishVerdict, () => AppError>> = {
  ok: courseNotFound,
  missing: courseNotFound,
  suspended: courseNotFound,
  not_premium: premiumRequired,
  no_place: placeNotFound,
  not_between: courseNotBetween,
  too_close: courseTooClose,
  pair_taken: coursePairTaken,
}

export async function createCourse(
  { db, keyedIds, now }: Pick<Deps, 'db' | 'keyedIds' | 'now'>,
  actor: Actor,
  input: CreateCourse,
  idempotency_key?: string,
): Promise<Course> {
  assertDecent({ name: input.name, description: input.description })
  const creation = await identifyCreation({ keyedIds }, { user_id: actor.user_id, route: 'POST /courses', body: input, idempotency_key })
  const course = {
    ...creation,
    name: input.name,
    description: input.description || null,
    way: input.route_encoded ? wayOf(input.route_encoded) : null,
    walk_id: input.walk_id ?? null,
  }
  const { verdict, course: made } = signedIn(await insertCourse(db, actor, course, COURSES_MAX, now()))
  if (verdict === 'made') return found(made, courseNotFound)
  throw UNMADE[verdict]()
}

export async function editCourse({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string, input: EditCourse): Promise<Course> {
  assertDecent({ name: input.name, description: input.description })
  const answer = signedIn(await updateCourse(db, actor, id, input, now()))
  const course = found(answer.course, courseNotFound)
  refuseSuspended(answer)
  return course
}

export async function removeCourse({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string): Promise<void> {
  const { is_known } = signedIn(await deleteCourse(db, actor, id, now()))
  if (!is_known) throw courseNotFound()
}

/** Exactly what others will get, or why they will get nothing. */
export async function previewPublication(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  actor: Actor,
  id: string,
  pair: PlacePair,
): Promise<Course> {
  const { verdict, course } = signedIn(await previewCourse(db, actor, id, pair, now()))
  if (course) return course
  throw UNPUBLISHED[verdict ?? 'missing']()
}

export async function publishOwnCourse({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string, pair: PlacePair): Promise<Course> {
  const { verdict, course, ...answer } = signedIn(await publishCourse(db, actor, id, pair, now()))
  if (verdict === 'ok') return found(course, courseNotFound)
  if (verdict === 'suspended') refuseSuspended(answer)
  throw UNPUBLISHED[verdict]()
}

export async function withdrawPublication({ db }: Pick<Deps, 'db'>, actor: Actor, id: string): Promise<void> {
  const { is_known } = signedIn(await withdrawCourse(db, actor, id))
  if (!is_known) throw courseNotFound()
}
