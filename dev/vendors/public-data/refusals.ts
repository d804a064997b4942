import { toXml } from './to-xml.ts'

/** The gateway's errors have had three forms: XML with 200, plain words, and the format that was asked for. */
export const GENERATIONS = ['g1', 'g2', 'g3'] as const
export type Generation = (typeof GENERATIONS)[number]

const REFUSALS = {
  '10': { status: 400, symbol: 'INVALID_REQUEST_PARAMETER_ERROR', korean: '잘못된 요청 파라미터 에러', words: 'Bad Request' },
  '12': { status: 400, symbol: 'NO_OPENAPI_SERVICE_ERROR', korean: '해당 오픈API 서비스가 없거나 폐기됨', words: 'API not found' },
  '20': { status: 401, symbol: 'SERVICE_KEY_IS_NULL', korean: '서비스 접근거부', words: 'Unauthorized' },
  '22': {
    status: 429,
    symbol: 'LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR',
    korean: '서비스 요청제한횟수 초과에러',
    words: 'API token quota exceeded',
  },
  '23': {
    status: 429,
    symbol: 'LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR',
    korean: '초당 서비스 요청제한 횟수 초과 에러',
    words: 'API rate limit exceeded',
  },
  '30': { status: 403, symbol: 'SERVICE_KEY_IS_NOT_REGISTERED_ERROR', korean: '등록되지 않은 서비스키', words: 'Unauthorized' },
} as const

/** In the second generation a wrong path and an unknown key have other statuses. */
const WORDS_STATUS: Readonly<Record<string, number>> = { '12': 404, '30': 401 }

export function refuse(generation: Generation, code: keyof typeof REFUSALS, isJson: boolean): Response {
  const { status, symbol, korean, words } = REFUSALS[code]
  if (generation === 'g2')
    return new Response(`${words}\n`, { status: WORDS_STATUS[code] ?? status, headers: { 'Content-Type': 'text/plain' } })
  // The two messages have changed places since.
  const messages = generation === 'g1' ? { errMsg: 'SERVICE ERROR', returnAuthMsg: symbol } : { errMsg: symbol, returnAuthMsg: korean }
  const body = { OpenAPI_ServiceResponse: { cmmMsgHeader: { ...messages, returnReasonCode: code } } }
  if (generation === 'g3' && isJson) return Response.json(body, { status })
  const headers = { 'Content-Type': generation === 'g1' ? 'text/xml' : 'application/xml' }
  return new Response(toXml(body), { status: generation === 'g1' ? 200 : status, headers })
}
