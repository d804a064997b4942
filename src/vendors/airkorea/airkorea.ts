import type { AirReading } from '../../core/weather.ts'
import { createPublicData, type PublicDataOptions, type PublicDataParts } from '../public-data/gateway.ts'
import type { PublicDataOutcome } from '../public-data/outcome.ts'
import { listAll } from '../public-data/pages.ts'
import { type AirStation, readReadings, readStations } from './rows.ts'

/** AirKorea, of the Korea Environment Corporation: what its some 670 stations measured in the last hour. */
export interface AirKorea {
  listReadings(options?: PublicDataOptions): Promise<PublicDataOutcome<readonly AirReading[]>>
  listStations(options?: PublicDataOptions): Promise<PublicDataOutcome<readonly AirStation[]>>
}

const API = 'https://apis.data.go.kr/B552584'
/** All stations in one call, because an account has 500 calls a day. */
const ROWS = 1_000

const unavailable = { outcome: 'failed', reason: 'unavailable', code: null } as const

export function createAirKorea(parts: PublicDataParts): AirKorea {
  const ask = createPublicData(parts)

  /** A list of which no row can be read is no answer. */
  async function list<T>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    read: (items: readonly unknown[]) => readonly T[],
    options: PublicDataOptions | undefined,
  ): Promise<PublicDataOutcome<readonly T[]>> {
    const answer = await listAll(ask, `${API}/${path}`, { returnType: 'json', ...parameters }, ROWS, options)
    if (answer.outcome !== 'answered') return answer
    if (answer.value.length === 0) return { outcome: 'nothing' }
    const value = read(answer.value)
    return value.length > 0 ? { outcome: 'answered', value } : unavailable
  }

  return {
    listReadings: (options) =>
      list('ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty', { sidoName: '전국', ver: '1.5' }, readReadings, options),
    listStations: (options) => list('MsrstnInfoInqireSvc/getMsrstnList', { ver: '1.1' }, readStations, options),
  }
}
