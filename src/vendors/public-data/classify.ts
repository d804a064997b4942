import type { PublicDataFailure, PublicDataOutcome, PublicDataPage } from './outcome.ts'

/** `03` has its own outcome, and what is not named here is unavailable. */
const REASONS: Readonly<Record<string, PublicDataFailure['reason']>> = {
  '10': 'misconfigured',
  '11': 'misconfigured',
  '12': 'misconfigured',
  '20': 'misconfigured',
  '21': 'misconfigured',
  '22': 'quota',
  '23': 'rate',
  '29': 'misconfigured',
  '30': 'misconfigured',
  '31': 'misconfigured',
  '32': 'misconfigured',
  '33': 'misconfigured',
  // Those of the Ministry of the Interior. Its others (-1, -5, -999) pass.
  '-2': 'misconfigured',
  '-3': 'misconfigured',
  '-4': 'misconfigured',
  '-10': 'quota',
  '-11': 'misconfigured',
}

/**
 * What an answer of data.go.kr means. The gateway has had three generations of errors, and neither its status, its content type nor the format that was asked
 * for can be trusted, so the text decides.
 */
export function classifyPublicData(status: number, text: string): PublicDataOutcome<PublicDataPage> {
  const body = text.replace(/^\uFEFF/, '').trim()
  if (body.startsWith('<')) return classifyXml(status, body)
  if (!/^[{[]/.test(body)) return classifyWords(status, body)
  const json = parseJson(body)
  return json === undefined ? (status === 429 ? classifyWords(status, body) : failed('unavailable')) : classifyJson(status, json)
}

/** JSON is always asked for. XML is an error of the gateway or of the provider, and HTML is a page of somebody on the way. */
function classifyXml(status: number, body: string) {
  const code = /<(?:returnReasonCode|resultCode)>\s*(-?\d{1,4})\s*</.exec(body)?.[1]
  if (code === undefined) return failed(status === 429 ? 'rate' : 'unavailable')
  return isSuccess(code) ? failed('unavailable') : classifyCode(code)
}

/** The second generation says it in a few words, and with the status. */
function classifyWords(status: number, body: string) {
  if (status === 401 || status === 403) return classifyCode('30')
  if (status === 404) return classifyCode('12')
  if (status === 429) return classifyCode(/quota/i.test(body) ? '22' : '23')
  if (status === 400) return failed('misconfigured')
  return status >= 500 ? classifyCode('05') : failed('unavailable')
}

function classifyJson(status: number, json: unknown): PublicDataOutcome<PublicDataPage> {
  const gateway = pick(pick(json, 'OpenAPI_ServiceResponse') ?? json, 'cmmMsgHeader')
  if (gateway !== undefined) {
    const code = readCode(pick(gateway, 'returnReasonCode'))
    return code === null || isSuccess(code) ? classifyWords(status, '') : classifyCode(code)
  }
  const response = pick(json, 'response') ?? json
  const header = pick(response, 'header') ?? response
  const stated = pick(header, 'resultCode')
  const code = readCode(stated)
  if (code !== null && !isSuccess(code)) return classifyCode(code)
  // KMA's own hub says what is wrong in a result, and a relay may pass that on with another status.
  const hub = Number(pick(pick(json, 'result'), 'status') ?? 0)
  if (status < 300 && hub >= 400) return classifyWords(hub, '')
  if (status >= 300) return classifyWords(status, JSON.stringify(json))
  const body = pick(response, 'body') ?? (pick(response, 'items') === undefined ? undefined : response)
  if (body === undefined || (stated !== undefined && code === null)) return failed('unavailable')
  const total = Number(pick(body, 'totalCount') ?? pick(body, 'totalCnt') ?? Number.NaN)
  return { outcome: 'answered', value: { body, items: itemsOf(pick(body, 'items')), total: Number.isInteger(total) ? total : null } }
}

function classifyCode(text: string): { readonly outcome: 'nothing' } | PublicDataFailure {
  const code = String(Number(text)).padStart(2, '0')
  return code === '03' ? { outcome: 'nothing' } : failed(REASONS[code] ?? 'unavailable', code)
}

/** `""`, `{}`, `[]` and nothing at all are none. One alone may come without its list. */
export function itemsOf(items: unknown): readonly unknown[] {
  if (items === undefined || items === null || items === '') return []
  if (Array.isArray(items)) return items
  if (typeof items !== 'object') return []
  if ('item' in items) return itemsOf(items.item)
  return Object.keys(items).length > 0 ? [items] : []
}

const failed = (reason: PublicDataFailure['reason'], code: string | null = null): PublicDataFailure => ({ outcome: 'failed', reason, code })

const isSuccess = (code: string) => /^0+$/.test(code)

function readCode(code: unknown): string | null {
  return /^\s*-?\d{1,4}\s*$/.test(String(code)) ? String(code).trim() : null
}

function pick(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[key] : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
