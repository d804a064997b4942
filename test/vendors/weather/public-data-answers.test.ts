import { describe, expect, it } from 'vitest'
import { classifyPublicData, itemsOf } from '../../../src/vendors/public-data/classify.ts'

const symbolic = (errMsg: string, returnAuthMsg: string, returnReasonCode: string) => ({ errMsg, returnAuthMsg, returnReasonCode })
const failed = (reason: string, code: string | null) => ({ outcome: 'failed', reason, code })
const classify = (status: number, body: unknown) => classifyPublicData(status, typeof body === 'string' ? body : JSON.stringify(body))
const kma = (resultCode: string, body?: object) => ({ response: { header: { resultCode, resultMsg: '…' }, ...(body && { body }) } })

const G1 = (code: string) => `<OpenAPI_ServiceResponse>
	<cmmMsgHeader>
		<errMsg>SERVICE ERROR</errMsg>
		<returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg>
		<returnReasonCode>${code}</returnReasonCode>
	</cmmMsgHeader>
</OpenAPI_ServiceResponse>`
const header = symbolic('SERVICE_KEY_IS_NOT_REGISTERED_ERROR', '등록되지 않은 서비스키', '30')

describe('an error of the gateway', () => {
  it('of the first generation is XML with 200', () => {
    expect(classify(200, G1('30'))).toEqual(failed('misconfigured', '30'))
    expect(classify(200, `\uFEFF\n ${G1(' 22 ')}`)).toEqual(failed('quota', '22'))
  })

  it.each([
    [401, 'Unauthorized\n', failed('misconfigured', '30')],
    [403, 'Forbidden', failed('misconfigured', '30')],
    [404, 'API not found', failed('misconfigured', '12')],
    [429, 'API token quota exceeded', failed('quota', '22')],
    [429, 'API rate limit exceeded', failed('rate', '23')],
    [429, '', failed('rate', '23')],
    [500, 'Unexpected errors', failed('unavailable', '05')],
    [502, '', failed('unavailable', '05')],
    [200, 'OK', failed('unavailable', null)],
    [200, '', failed('unavailable', null)],
    [302, '', failed('unavailable', null)],
  ])('of the second generation is words: %i %s', (status, body, expected) => {
    expect(classify(status, body)).toEqual(expected)
  })

  it('of the third generation is JSON or XML, also without the outer object', () => {
    expect(classify(403, { OpenAPI_ServiceResponse: { cmmMsgHeader: header } })).toEqual(failed('misconfigured', '30'))
    expect(classify(403, { cmmMsgHeader: header })).toEqual(failed('misconfigured', '30'))
    expect(classify(200, { cmmMsgHeader: { ...header, returnReasonCode: 23 } })).toEqual(failed('rate', '23'))
    expect(classify(429, { cmmMsgHeader: { errMsg: 'SOMETHING_NEW' } })).toEqual(failed('rate', '23'))
    const xml =
      '<?xml version="1.0"?><OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>12</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>'
    expect(classify(400, xml)).toEqual(failed('misconfigured', '12'))
  })

  it.each([
    ['01', 'unavailable'],
    ['02', 'unavailable'],
    ['04', 'unavailable'],
    ['05', 'unavailable'],
    ['10', 'misconfigured'],
    ['11', 'misconfigured'],
    ['12', 'misconfigured'],
    ['20', 'misconfigured'],
    ['21', 'misconfigured'],
    ['22', 'quota'],
    ['23', 'rate'],
    ['29', 'misconfigured'],
    ['30', 'misconfigured'],
    ['31', 'misconfigured'],
    ['32', 'misconfigured'],
    ['33', 'misconfigured'],
    ['99', 'unavailable'],
    ['77', 'unavailable'],
  ])('%s is %s', (code, reason) => {
    expect(classify(200, { cmmMsgHeader: { ...header, returnReasonCode: code } })).toEqual(failed(reason, code))
  })
})

describe('an answer of a provider', () => {
  it('succeeds with any number of zeros', () => {
    for (const code of ['0', '00', '0000'])
      expect(classify(200, kma(code, { items: { item: [1] }, totalCount: '1' }))).toMatchObject({
        outcome: 'answered',
        value: { items: [1], total: 1 },
      })
  })

  it('is found with the body first, without `response`, and with the list alone', () => {
    const value = { items: [{ a: 1 }], total: 1 }
    const body = { items: [{ a: 1 }], totalCount: 1 }
    const success = { resultCode: '00' }
    for (const answer of [{ response: { body, header: success } }, { header: success, body }, { response: body }, body])
      expect(classify(200, answer)).toMatchObject({ outcome: 'answered', value })
  })

  it('is nothing with 03, which has no body', () => {
    expect(classify(200, { response: { header: { resultCode: '03', resultMsg: 'NO_DATA' } } })).toEqual({ outcome: 'nothing' })
    expect(classify(200, kma('3'))).toEqual({ outcome: 'nothing' })
    expect(classify(200, '<response><header><resultCode>03</resultCode></header></response>')).toEqual({ outcome: 'nothing' })
  })

  it('may be an error with 200', () => {
    expect(classify(200, kma('10'))).toEqual(failed('misconfigured', '10'))
    expect(classify(200, kma('99'))).toEqual(failed('unavailable', '99'))
    expect(classify(200, { resultCode: '0011', resultMsg: '…' })).toEqual(failed('misconfigured', '11'))
  })

  it('is nothing to rely on when it is cut, a page, XML, or a success without a body', () => {
    const unreliable = [
      '{"response":{"header":{"resultCode":"00"},"body":{"items":{"item":[{"cate',
      '<html><body>점검 중입니다</body></html>',
      '<response><header><resultCode>00</resultCode></header><body/></response>',
      kma('00'),
      { response: { header: { resultCode: 'INFO-000' }, body: { items: [] } } },
      '[]',
      'null',
    ]
    for (const body of unreliable) expect(classify(200, body)).toEqual(failed('unavailable', null))
    expect(classify(200, { body: {}, header: {} })).toMatchObject({ outcome: 'answered', value: { items: [], total: null } })
  })

  it('says nothing of the body in its code', () => {
    expect(classify(200, { cmmMsgHeader: { returnReasonCode: 'serviceKey=secret' } })).toEqual(failed('unavailable', null))
  })
})

it.each([
  ['', 0],
  [null, 0],
  [undefined, 0],
  [{}, 0],
  [[], 0],
  [{ item: '' }, 0],
  [{ item: [] }, 0],
  [{ item: { a: 1 } }, 1],
  [{ item: [{ a: 1 }, { a: 2 }] }, 2],
  [[{ a: 1 }, { a: 2 }], 2],
  [{ a: 1 }, 1],
])('%j holds %i items', (items, count) => {
  expect(itemsOf(items)).toHaveLength(count)
})
