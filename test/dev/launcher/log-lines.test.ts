import { expect, it } from 'vitest'
import { readableLine } from '../../../dev/launcher/log-lines.ts'

const style = { now: new Date(2026, 10, 29, 9, 5, 7), isColoured: false }
const show = (line: object | string, isColoured = false) =>
  readableLine(typeof line === 'string' ? line : JSON.stringify(line), { ...style, isColoured })
const request = {
  level: 'info',
  request_id: 'x',
  method: 'GET',
  route: '/walks/{id}',
  status: 200,
  user_id: 'u',
  db_trips: 1,
  db_ms: 3,
  total_ms: 12,
}

it('shows a request in one line, with the code of its problem and the fields', () => {
  expect(show(request)).toBe('09:05:07 GET    /walks/{id} 200 12 ms')
  expect(show({ ...request, method: 'DELETE', status: 404, code: 'walk_not_found' })).toBe(
    '09:05:07 DELETE /walks/{id} 404 12 ms walk_not_found',
  )
  expect(show({ ...request, status: 422, code: 'validation_failed', fields: ['body.name', 'query.limit'] })).toBe(
    '09:05:07 GET    /walks/{id} 422 12 ms validation_failed (body.name, query.limit)',
  )
})

it('shows a task in one line, with how long it took and what became of it', () => {
  const task = {
    level: 'info',
    task: 'rankings.take_snapshots',
    scheduled_at: '2026-11-29T00:00:00Z',
    part: 0,
    duration_ms: 31,
    counts: { weeks: 2 },
  }
  expect(show(task)).toBe('09:05:07 task   rankings.take_snapshots 31 ms weeks 2')
  expect(show({ ...task, part: 2, counts: {} })).toBe('09:05:07 task   rankings.take_snapshots (part 3) 31 ms nothing to do')
  expect(show({ ...task, level: 'error', counts: undefined, error: 'no such table' })).toContain('failed: no such table')
})

it('shows an error with its causes under it', () => {
  const error = {
    level: 'error',
    request_id: 'x',
    method: 'POST',
    causes: [{ name: 'TypeError', message: 'x is null', stack: ['    at f (a.ts:1:2)'] }],
  }
  expect(show(error)).toBe('09:05:07 POST failed\n  TypeError: x is null\n    at f (a.ts:1:2)')
})

it('shows warnings with what they name', () => {
  expect(show({ level: 'warn', message: 'raw track out of reach', error: 'Error: gone', walk: 7 })).toBe(
    '09:05:07 raw track out of reach Error: gone walk=7',
  )
})

it.each(['⎔ Starting', '{not json', '{"items": []}', '[1]', ''])('leaves %j as it is', (line) => {
  expect(show(line)).toBe(line)
})

it('colours only where there is somebody to see it', () => {
  expect(show(request)).not.toContain('\u001B')
  expect(show({ ...request, status: 500, code: 'internal' }, true)).toContain('\u001B[31m500')
})
