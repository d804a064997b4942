import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { migrate } from '../../../dev/migrate.ts'
import { seed } from '../../../dev/seed.ts'
import type { Actor } from '../../../src/core/actor.ts'
import type { Person } from '../client.ts'

/** Migrated and seeded, beside the one of all benches. */
export async function createOwnDatabase(beside: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const url = new URL(beside)
  const name = `bench_peer_${Date.now()}_${process.pid}`
  const admin = new pg.Client(beside)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  url.pathname = name
  const drop = async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.end()
  }
  try {
    await migrate(url.href)
    await seed(url.href)
  } catch (error) {
    await drop()
    throw error
  }
  return { url: url.href, drop }
}

export interface Neighbour {
  readonly actor: Actor
  readonly person: Person
  readonly nickname: string
}

/** Somebody with a session, a dog and premium, who lives where person `i` of the population does. */
export async function moveIn(client: pg.Client, nickname: string, i: number): Promise<Neighbour> {
  const [user_id, session_id, pet_id] = [randomUUID(), randomUUID(), randomUUID()]
  await client.query(
    `INSERT INTO users (id, nickname, nickname_chosen_at, region_code, created_at)
     SELECT $1, $2, now(), code, now() - interval '5 years' FROM bench_people WHERE i = $3`,
    [user_id, nickname, i],
  )
  await client.query(
    `INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at) VALUES ($1, $2, 1, '', now(), now(), now() + interval '1 day')`,
    [session_id, user_id],
  )
  await client.query(
    `INSERT INTO pets (id, user_id, name, species, birth_date, weight_kg, is_primary, request_hash, created_at)
     VALUES ($1, $2, '초코', 'dog', '2021-05-01', 5, true, '', now())`,
    [pet_id, user_id],
  )
  await client.query(
    `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ($1, 'toss', now() - interval '1 day', now() + interval '1 day')`,
    [user_id],
  )
  return { actor: { user_id, session_id } as Actor, person: { user_id, pet_id, token: '', refresh_token: '' }, nickname }
}
