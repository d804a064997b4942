import { neon, neonConfig } from '@neondatabase/serverless'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addFault } from './control.ts'
import { cloud } from '../support/cloud.ts'

const endpoint = cloud.neonEndpoint
const table = `proxy_test_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
const sql = neon('postgres://app:app@db.localtest.me/app', { fullResults: false })

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(endpoint, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
const query = (text: string, ...params: unknown[]) => post({ query: text, params })
const count = async () => Number((await sql.query(`SELECT count(*) FROM ${table}`))[0]!.count)

beforeAll(async () => {
  neonConfig.fetchEndpoint = endpoint
  await sql.query(`CREATE TABLE ${table} (id int PRIMARY KEY, name text NOT NULL CHECK (name <> ''))`)
})
afterAll(async () => void (await sql.query(`DROP TABLE ${table}`)))

describe('one statement', () => {
  test('answers rows as arrays of text, as Neon does', async () => {
    const answer = await (await query('SELECT $1::int AS a, true AS b, NULL AS c, ARRAY[1,2] AS d', '7')).json()
    expect(answer).toMatchObject({ command: 'SELECT', rowCount: 1, rowAsArray: true, rows: [['7', 't', null, '{1,2}']] })
    expect(answer).toMatchObject({ fields: [{ name: 'a', dataTypeID: 23 }, { name: 'b', dataTypeID: 16 }, { name: 'c' }, { name: 'd' }] })
  })

  test('an error carries everything Postgres says', async () => {
    await sql.query(`INSERT INTO ${table} VALUES (1, 'one')`)
    const response = await query(`INSERT INTO ${table} VALUES ($1, $2)`, 1, 'again')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: '23505',
      severity: 'ERROR',
      detail: 'Key (id)=(1) already exists.',
      schema: 'public',
      table,
      constraint: `${table}_pkey`,
    })
    expect(await (await query('SELEC 1')).json()).toMatchObject({ code: '42601', position: '1' })
  })

  test('two commands in one string are refused', async () => {
    expect(await (await query('SELECT 1; SELECT 2')).json()).toMatchObject({ code: '42601' })
  })

  test.each(['', '{', '[]', '{"query":1}', '{"queries":[]}', '{"queries":[{"params":[]}]}'])(
    'a malformed body (%s) is 400',
    async (body) => {
      expect((await post(body)).status).toBe(400)
    },
  )

  test('a lone BEGIN does not leave a transaction to the next request', async () => {
    await query('BEGIN')
    const ids = []
    for (let i = 0; i < 4; i++) ids.push((await sql.query('SELECT txid_current() AS id'))[0]!.id)
    expect(new Set(ids).size).toBe(4)
  })
})

describe('a batch', () => {
  test('is one transaction', async () => {
    const before = await count()
    await expect(
      sql.transaction([sql.query(`INSERT INTO ${table} VALUES (10, 'x')`), sql.query(`INSERT INTO ${table} VALUES (10, 'y')`)]),
    ).rejects.toThrow('duplicate key')
    expect(await count()).toBe(before)
    const [first, second] = await sql.transaction([sql.query('SELECT txid_current() AS id'), sql.query('SELECT txid_current() AS id')])
    expect(first).toEqual(second)
  })

  test('honours isolation level, read only and deferrable', async () => {
    const options = { isolationLevel: 'Serializable', readOnly: true, deferrable: true } as const
    const names = ['transaction_isolation', 'transaction_read_only', 'transaction_deferrable']
    const settings = await sql.transaction(
      names.map((name) => sql.query(`SELECT current_setting('${name}') AS value`)),
      options,
    )
    expect(settings.map((rows) => rows[0]!.value)).toEqual(['serializable', 'on', 'on'])
    expect((await post({ queries: [{ query: 'SELECT 1' }] }, { 'Neon-Batch-Isolation-Level': 'Wild' })).status).toBe(400)
  })

  test('many at once, large ones among them, get each their own answers', async () => {
    const large = 'x'.repeat(300_000)
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const single = sql.query(`SELECT $1::int AS a, length($2) AS b, ${i} AS c`, [i, i % 5 ? 's' : large])
        const rows = i % 2 ? await single : (await sql.transaction([single, sql.query(`SELECT ${i} AS c`)]))[0]!
        return [rows[0]!.a, rows[0]!.b, rows[0]!.c]
      }),
    )
    expect(answers).toEqual(Array.from({ length: 40 }, (_, i) => [i, i % 5 ? 1 : 300_000, i]))
  })
})

describe('faults', () => {
  test('cut after: committed, but nobody is told', async () => {
    await addFault({ host: 'neon', key: 'cut-after-me', cut: 'after' })
    await expect(query(`INSERT INTO ${table} VALUES (20, $1)`, 'cut-after-me')).rejects.toThrow(/connection|network|disconnected/i)
    expect(await sql.query(`SELECT id FROM ${table} WHERE name = 'cut-after-' || 'me'`)).toEqual([{ id: 20 }])
  })

  test('cut before: nothing happened', async () => {
    await addFault({ host: 'neon', key: 'cut-before-me', cut: 'before' })
    await expect(query(`INSERT INTO ${table} VALUES (21, $1)`, 'cut-before-me')).rejects.toThrow(/connection|network|disconnected/i)
    expect(await sql.query(`SELECT id FROM ${table} WHERE id = 21`)).toEqual([])
  })

  test('a fake answer, for statements that match, as often as asked', async () => {
    const key = crypto.randomUUID()
    await addFault({ host: 'neon', key, match: 'AS marked', status: 400, body: { message: 'busy', code: '40001' }, times: 2 })
    const codes = []
    for (const text of ['SELECT $1 AS plain', 'SELECT $1 AS marked', 'SELECT $1 AS marked', 'SELECT $1 AS marked']) {
      codes.push((await query(text, key)).status)
    }
    expect(codes).toEqual([200, 400, 400, 200])
  })
})
