import { z } from 'zod'
import type { Land } from '../weather/land.ts'

/** What is wrong with a station. `no_grade`: a value without a grade and without a flag. `gases_out`: all but the particles. */
export const STATES = ['ok', 'dead', 'silent', 'pm10_out', 'pm25_out', 'no_grade', 'gases_out'] as const
export type StationState = (typeof STATES)[number]

export const stationSchema = z.strictObject({
  name: z.string().min(1),
  sido: z.string().min(1).optional().meta({ description: 'names are not unique in the country: 서울, 부산, …' }),
  state: z.enum(STATES),
})

export interface Station {
  code: string
  name: string
  sido: string
  address: string
  lat: number
  lng: number
  network: string
  /** How it is until somebody says otherwise. */
  usual: StationState
}

const SIDO: Readonly<Record<string, string>> = {
  서울특별시: '서울',
  부산광역시: '부산',
  대구광역시: '대구',
  인천광역시: '인천',
  대전광역시: '대전',
  울산광역시: '울산',
  세종특별자치시: '세종',
  경기도: '경기',
  강원특별자치도: '강원',
  충청북도: '충북',
  충청남도: '충남',
  전북특별자치도: '전북',
  // The merger of July 2026.
  전남광주통합특별시: '전남광주',
  경상북도: '경북',
  경상남도: '경남',
  제주특별자치도: '제주',
}

const ROADSIDE = '도로변대기'

/** Beside the districts' own: roadside stations of Seoul, and one that has been silent for years while its neighbour lives. */
const OTHERS: readonly Omit<Station, 'sido'>[] = [
  ['111122', '한강대로', '서울 용산구 한강대로 405 서울역 앞', 37.5494, 126.9719, ROADSIDE, 'ok'],
  ['111264', '도산대로', '서울 강남구 도산대로 104 신사역2번출구 앞', 37.516, 127.0199, ROADSIDE, 'gases_out'],
  ['111275', '천호대로', '서울 강동구 천호대로 1151 길동사거리 앞', 37.534, 127.1511, ROADSIDE, 'silent'],
  ['111252', '동작대로 중앙차로', '서울 동작구 동작대로 사당역 앞', 37.4877, 126.9822, ROADSIDE, 'ok'],
  ['111312', '화랑로', '서울 노원구 화랑로 429 태능입구역 8번 출구', 37.6177, 127.0751, ROADSIDE, 'ok'],
  ['111153', '동대문', '서울 동대문구 한천로 124', 37.5753, 127.0289, '도시대기', 'dead'],
].map(([code, name, address, lat, lng, network, usual]) => ({ code, name, address, lat, lng, network, usual }) as Omit<Station, 'sido'>)

/** As in the recorded hour of Seoul. */
const USUAL: Readonly<Record<string, StationState>> = { '서울 노원구': 'silent', '서울 양천구': 'pm10_out', '서울 강동구': 'no_grade' }

export function createStations(land: Land) {
  let all: Station[] | undefined
  const states = new Map<string, StationState>()

  const list = (): readonly Station[] =>
    (all ??= [
      ...land.regions().map(({ code, sido, sigungu, lat, lng }) => {
        const short = SIDO[sido] ?? sido
        // A district of a city has its own name, and 중구 is in six cities.
        const name = sigungu.split(' ').at(-1)!
        const usual = USUAL[`${short} ${name}`] ?? 'ok'
        return { code: code.slice(0, 6), name, sido: short, address: `${short} ${sigungu}`, lat, lng, network: '도시대기', usual }
      }),
      ...OTHERS.map((other) => ({ ...other, sido: '서울' })),
    ])

  return {
    list,
    stateOf: (station: Station): StationState => states.get(`${station.sido} ${station.name}`) ?? states.get(station.name) ?? station.usual,
    /** Whether there is such a station. */
    set({ name, sido, state }: z.output<typeof stationSchema>): boolean {
      states.set(sido === undefined ? name : `${sido} ${name}`, state)
      return list().some((station) => station.name === name && (sido === undefined || station.sido === sido))
    },
    clear: () => states.clear(),
  }
}
