import { HOUR_MS, seoulClock, seoulDate, seoulDateTime } from '../../../src/core/time.ts'
import type { Clock } from '../clock.ts'
import type { Operation } from '../public-data/gateway.ts'
import type { Air, Weather } from '../weather/weather.ts'
import { createStations, type Station, type StationState } from './stations.ts'

interface Parts {
  weather: Weather
  stations: ReturnType<typeof createStations>
  clock: Clock
  /** An hour is published later by so many minutes. */
  lateMin: () => number
}

const PUBLISHED_AFTER_MIN = 15
const SILENT = '통신장애'
/** When the dead station spoke for the last time. */
const LAST_WORD = '2015-10-20 16:00'

/** AirKorea. Its lists are direct, its body comes before its header, and its XML is the default. */
export function createAirKorea({ weather, stations, clock, lateMin }: Parts): Operation[] {
  const operation = (path: string, answer: Operation['answer']): Operation => ({
    host: 'apis.data.go.kr',
    path: `/B552584/${path}`,
    operation: path.split('/')[1]!,
    format: 'returnType',
    quota: 500,
    answer,
  })

  /** The last hour that is published. */
  function hour(): Date {
    const late = (PUBLISHED_AFTER_MIN + lateMin()) * 60_000
    return new Date(Math.floor((clock.now().getTime() - late) / HOUR_MS) * HOUR_MS)
  }

  return [
    operation('ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty', (query) => {
      const { sidoName, ver } = query
      if (!sidoName) return lacking()
      const at = hour()
      const all = stations.list()
      const rows = all
        .filter(({ sido }) => sidoName === '전국' || sido === sidoName)
        .map((station) => {
          const air = weather.airAt({ place: station, at, source: 'observed' }, all)
          return inVersion(Number(ver ?? 0), measured(station, stations.stateOf(station), air, at))
        })
      return pageOf(rows, query)
    }),
    operation('MsrstnInfoInqireSvc/getMsrstnList', (query) => {
      const { addr, stationName, ver } = query
      const rows = stations
        .list()
        .filter(({ address, name }) => (!addr || address.includes(addr)) && (!stationName || name.includes(stationName)))
        .map(({ name, address, lat, lng, network }) => {
          const [latitude, longitude] = [lat, lng].map(String)
          // The axes changed their names with a version.
          const [dmX, dmY] = ver === '1.1' ? [longitude, latitude] : [latitude, longitude]
          return { dmX, item: 'SO2, CO, O3, NO2, PM10, PM2.5', mangName: network, year: '2002', addr: address, stationName: name, dmY }
        })
      return pageOf(rows, query)
    }),
  ]
}

function pageOf(rows: readonly object[], query: Readonly<Record<string, string>>): object {
  const [pageNo, numOfRows] = [Number(query['pageNo'] ?? 1), Number(query['numOfRows'] ?? 10)]
  const items = rows.slice((pageNo - 1) * numOfRows, pageNo * numOfRows)
  return {
    response: {
      body: { totalCount: rows.length, items, pageNo, numOfRows },
      header: { resultMsg: 'NORMAL_CODE', resultCode: '00' },
    },
  }
}

const lacking = () => ({ response: { header: { resultMsg: 'NO_MANDATORY_REQUEST_PARAMETERS_ERROR', resultCode: '11' } } })

/** Midnight is 24:00 of the day before. */
function dataTimeOf(at: Date): string {
  if (seoulClock(at).hour === 0) return `${seoulDate(new Date(at.getTime() - HOUR_MS))} 24:00`
  return seoulDateTime(at).slice(0, 16).replace('T', ' ')
}

/** A silent station may still show the grade of its last day. */
function measured({ name, code, sido, network }: Station, state: StationState, { pm10, pm25 }: Air, at: Date) {
  const isOut = {
    gases: state === 'silent' || state === 'gases_out' || state === 'pm10_out',
    pm10: state === 'silent' || state === 'pm10_out',
    pm25: state === 'silent' || state === 'pm25_out',
  }
  const isDead = state === 'dead'
  const value = (isMissing: boolean, number: string) => (isDead || isMissing ? '-' : number)
  const flag = (isMissing: boolean) => (isMissing ? SILENT : null)
  const grade = (isMissing: boolean, steps: number) => (isDead || isMissing ? null : String(steps))
  return {
    so2Grade: grade(isOut.gases, 1),
    coFlag: flag(isOut.gases),
    khaiValue: value(isOut.gases || isOut.pm10, '62'),
    so2Value: value(isOut.gases, '0.0027'),
    coValue: value(isOut.gases, '0.41'),
    pm25Flag: flag(isOut.pm25),
    pm10Flag: flag(isOut.pm10),
    o3Grade: grade(isOut.gases, 2),
    pm10Value: value(isOut.pm10, String(pm10)),
    khaiGrade: grade(isOut.gases || isOut.pm10, 2),
    pm25Value: isDead ? '' : value(isOut.pm25, String(pm25)),
    sidoName: sido,
    no2Flag: flag(isOut.gases),
    no2Grade: grade(isOut.gases, 1),
    o3Flag: flag(isOut.gases),
    pm25Grade: isDead || state === 'no_grade' ? null : String(gradeOf(pm25, [15, 35, 75])),
    so2Flag: flag(isOut.gases),
    dataTime: isDead ? LAST_WORD : dataTimeOf(at),
    coGrade: grade(isOut.gases, 1),
    no2Value: value(isOut.gases, '0.0213'),
    stationName: name,
    stationCode: code,
    pm10Grade: isDead || state === 'no_grade' || state === 'pm10_out' ? null : String(gradeOf(pm10, [30, 80, 150])),
    o3Value: value(isOut.gases, '0.0412'),
    mangName: network,
    pm10Value24: value(isOut.pm10, String(pm10)),
    pm25Value24: value(isOut.pm25, String(pm25)),
    pm10Grade1h: grade(isOut.pm10, gradeOf(pm10, [30, 80, 150])),
    pm25Grade1h: grade(isOut.pm25, gradeOf(pm25, [15, 35, 75])),
  }
}

const gradeOf = (value: number, steps: readonly number[]) => steps.filter((step) => value > step).length + 1

/** Each version adds fields. */
const ADDED: readonly (readonly [ver: number, fields: readonly string[]])[] = [
  [1, ['pm25Value', 'pm25Grade', 'pm25Flag']],
  [1.1, ['pm10Value24', 'pm25Value24']],
  [1.2, ['mangName']],
  [1.3, ['pm10Grade1h', 'pm25Grade1h']],
  [1.4, ['stationCode']],
]

function inVersion(ver: number, row: Readonly<Record<string, unknown>>): object {
  const later = new Set(ADDED.filter(([from]) => ver < from).flatMap(([, fields]) => fields))
  return Object.fromEntries(Object.entries(row).filter(([field]) => !later.has(field)))
}
