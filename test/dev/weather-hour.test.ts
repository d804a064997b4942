import { expect, it } from 'vitest'
import { cloud } from '../support/cloud.ts'
import { signUp } from '../support/login.ts'
import { sim } from './control.ts'

/** Nobody else's cell. */
const AT = { lat: 34.4871, lng: 126.2635 }

it('an hour of weather passes when somebody says so, and what they have set shows at once', async () => {
  const owner = await signUp()
  const read = async () => (await owner.get(`/weather?lat=${AT.lat}&lng=${AT.lng}`)).json
  expect((await read()).weather.pty).toBe('none')
  await sim('/weather', { at: AT, pty: 'snow', temp: -3 })
  // The copy of this hour is fresh.
  expect((await read()).weather.pty).toBe('none')
  expect((await sim('/weather/hour', {})).json.cells).toBeGreaterThan(0)
  await expect.poll(async () => (await read()).weather.pty).toBe('snow')
  expect((await read()).suitability).toMatchObject({ level: 'caution', reasons: expect.arrayContaining(['snow']) })
})

it('the page of the playground is there with its tab, and asks its vendors for the weather alone', async () => {
  const ask = (path: string, init?: RequestInit) => fetch(`${cloud.simulatorsUrl}/playground${path}`, init)
  expect(await (await ask('')).text()).toContain('/playground/outdoors/outdoors.css')
  expect((await ask('/outdoors/view.js')).headers.get('Content-Type')).toContain('javascript')
  expect((await (await ask('/sim/weather')).json()) as object).toHaveProperty('rules')
  expect((await ask('/sim/neon/stats')).status).toBe(404)
})
