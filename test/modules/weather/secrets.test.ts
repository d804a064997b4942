import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { workerVars } from '../../../dev/credentials.ts'
import { readAirJob } from '../../../src/modules/weather/air/jobs.ts'
import { readCellsJob } from '../../../src/modules/weather/cells/jobs.ts'
import { readUv } from '../../../src/modules/weather/uv/jobs.ts'
import { fillWalkWeatherJob } from '../../../src/modules/weather/walk-weather/jobs.ts'
import { readWarningsOfKma } from '../../../src/modules/weather/warnings/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { listRows } from '../../support/rows.ts'
import { control, forgetWeather, freshCell } from '../../support/weather.ts'

const HOST = 'apis.data.go.kr'
const KEY = workerVars.DATA_GO_KR_KEY
const MARK = 'upstream-body-7f3a'

beforeEach(forgetWeather)
afterEach(async () => {
  vi.restoreAllMocks()
  await control('DELETE', '/faults')
  await forgetWeather()
})

/** Bodies that name what nobody may see. */
const BODIES: readonly [name: string, fault: object][] = [
  [
    'XML of the gateway',
    {
      status: 200,
      body: `<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>${MARK} ${KEY}</errMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>`,
    },
  ],
  ['words', { status: 500, body: `${MARK} https://${HOST}/?serviceKey=${encodeURIComponent(KEY)}` }],
  ['HTML', { status: 200, body: `<html><body>${MARK} ${KEY}</body></html>` }],
  ['JSON cut short', { status: 200, body: `{"response":{"header":{"resultCode":"00","resultMsg":"${MARK} ${KEY}"` }],
  ['a redirect', { status: 302, headers: { Location: `https://${HOST}/${MARK}?serviceKey=${KEY}` } }],
  ['a cut connection', { cut: 'before' }],
]

it.each(BODIES)('no log, answer, run or letter says the key, an address or an upstream body: %s', async (_, fault) => {
  const said: string[] = []
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) => void said.push(words.map(String).join(' ')))
  const person = await signUp()
  const cell = freshCell()
  await injectFault({ host: HOST, times: 60, ...fault })
  const deps = createTestDeps({ wakeAt: async () => {} })
  const answer = await person.get(`/weather?lat=${cell.lat}&lng=${cell.lng}`)
  expect(answer.status).toBe(503)
  said.push(answer.text, JSON.stringify([...answer.headers]))
  const at = new Date()
  const midday = new Date(`${at.toISOString().slice(0, 10)}T03:00:00Z`)
  await listRows(sql`UPDATE weather_sources SET failures = 0, closed_until = NULL`)
  const hour = new Date(Math.floor(at.getTime() / 3_600_000 - 1) * 3_600_000).toISOString()
  // At once, because each waits before it tries again.
  const counts = await Promise.all([
    readCellsJob.run(deps, { cells: [{ nx: cell.nx, ny: cell.ny }] }),
    readAirJob.run(deps, {}),
    fillWalkWeatherJob.run(deps, { starts: [{ nx: cell.nx, ny: cell.ny, hour }] }),
    readWarningsOfKma.run(deps, midday),
    readUv.run(deps, midday),
  ])
  said.push(JSON.stringify(counts))
  const rows = await listRows(sql`
    SELECT json_agg(it)::text AS text FROM (
      SELECT to_json(weather_sources) AS it FROM weather_sources
      UNION ALL SELECT to_json(job_runs) FROM job_runs WHERE error IS NOT NULL
      UNION ALL SELECT to_json(dead_letters) FROM dead_letters
      UNION ALL SELECT to_json(outbox) FROM outbox WHERE last_error IS NOT NULL
    ) AS kept`)
  const all = [...said, rows[0].text ?? ''].join('\n')
  expect(said.length).toBeGreaterThan(3)
  for (const secret of [KEY, encodeURIComponent(KEY), MARK, 'serviceKey', HOST]) expect(all).not.toContain(secret)
})
