import { createPublicData } from '../../dev/vendors/public-data/gateway.ts'
import { createWeatherProvider } from '../../dev/vendors/weather.ts'
import { createAirKorea } from '../../src/vendors/airkorea/airkorea.ts'
import type { Fetch } from '../../src/vendors/http.ts'
import { createKma } from '../../src/vendors/kma/kma.ts'
import { config } from './fake-vendor.ts'
import { seoul } from './kma-recordings.ts'

/** KMA and AirKorea simulated in this process, at a time of their own that stands still, and their clients. */
export function skyLab(now = '20261002 1415') {
  let at = seoul(now)
  const clock = { now: () => at, set() {}, reset() {} }
  const gateway = createPublicData({ clock, providers: [createWeatherProvider({ clock })] })
  const fetch: Fetch = async (request) => gateway.hosts[new URL(request.url).host]!.fetch(request)
  const pauses: number[] = []
  const parts = { fetch, config, now: () => at, pause: async (ms: number) => void pauses.push(ms) }
  return {
    fetch,
    pauses,
    kma: createKma(parts),
    airKorea: createAirKorea(parts),
    moveTo(time: string | Date) {
      at = typeof time === 'string' ? seoul(time) : time
    },
    /** A control route below `/_sim`. */
    async set(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') {
      const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
      const response = await gateway.control.request(path, init)
      const text = await response.text()
      return { status: response.status, json: (text ? JSON.parse(text) : null) as any }
    },
    /** A call without the client: what is wrong in it is the test's. */
    async get(path: string, parameters: Record<string, string | number> = {}, headers: Record<string, string> = {}) {
      const url = new URL(`https://apis.data.go.kr${path}`)
      for (const [name, value] of Object.entries({ serviceKey: config.DATA_GO_KR_KEY, ...parameters }))
        url.searchParams.set(name, String(value))
      const response = await fetch(new Request(url, { headers }))
      const text = await response.text()
      return {
        status: response.status,
        type: response.headers.get('Content-Type'),
        text,
        json: text.startsWith('{') ? JSON.parse(text) : null,
      }
    },
  }
}

export const SEOUL = { nx: 60, ny: 127 }
export const OPEN_SEA = { nx: 1, ny: 1 }
/** Seoul City Hall. */
export const CITY_HALL = { lat: 37.5665, lng: 126.978 }

/** The value of an answer that must be one. */
export function answered<T>(answer: { outcome: string; value?: T }): T {
  if (answer.outcome !== 'answered') throw new Error(`not answered: ${JSON.stringify(answer)}`)
  return answer.value as T
}
