import { exchange, type Fetch, type FetchOptions, vendorUrl } from '../http.ts'
import { classifyPublicData } from './classify.ts'
import type { PublicDataOutcome, PublicDataPage } from './outcome.ts'

export interface PublicDataOptions extends FetchOptions {
  /** Waits a second or two and asks again: twice after too many calls at once, once after what passes. For work that nobody waits for. */
  readonly patient?: boolean | undefined
  /** Asked before each call beyond the first: another try, or another page. It says whether that call may be made, because an invocation has only so many. */
  readonly takeCall?: (() => boolean) | undefined
}

export interface PublicDataParts {
  readonly fetch: Fetch
  readonly config: {
    readonly DATA_GO_KR_KEY: string
    readonly DATA_GO_KR_RELAY?: string | undefined
    readonly VENDOR_GATEWAY?: string | undefined
  }
  /** Waits so many milliseconds. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined
}

/** Asks data.go.kr: `url` without a query, and the operation's own parameters. It never throws, and nothing it answers holds the key or the address. */
export type AskPublicData = (
  url: string,
  parameters: Readonly<Record<string, string | number>>,
  options?: PublicDataOptions,
) => Promise<PublicDataOutcome<PublicDataPage>>

/** The gateway refuses what looks like tracing, so that only these two are sent. */
const HEADERS = { Accept: 'application/json', 'User-Agent': 'withbowwow/1' }
const TRIES_MAX = { rate: 3, unavailable: 2 }

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export function createPublicData({ fetch, config, pause = sleep }: PublicDataParts): AskPublicData {
  async function askOnce(url: string, { deadlineMs }: PublicDataOptions): Promise<PublicDataOutcome<PublicDataPage>> {
    try {
      const { status, text } = await exchange(fetch, 'data.go.kr', new Request(url, { headers: HEADERS }), { deadlineMs })
      return classifyPublicData(status, text)
    } catch {
      return { outcome: 'failed', reason: 'unavailable', code: null }
    }
  }

  return async (url, parameters, options = {}) => {
    const address = new URL(url)
    // The key is the raw one (config.ts), and is encoded here and nowhere else.
    for (const [name, value] of Object.entries({ serviceKey: config.DATA_GO_KR_KEY, ...parameters }))
      address.searchParams.set(name, String(value))
    // The simulators stand for the relay too.
    const target = vendorUrl(config.VENDOR_GATEWAY ? undefined : config.DATA_GO_KR_RELAY, address)
    for (let tries = 1; ; tries++) {
      const answer = await askOnce(target, options)
      if (!options.patient || answer.outcome !== 'failed') return answer
      if (answer.reason !== 'rate' && answer.reason !== 'unavailable') return answer
      if (tries >= TRIES_MAX[answer.reason] || options.takeCall?.() === false) return answer
      await pause(1_000 + Math.random() * 1_000)
    }
  }
}
