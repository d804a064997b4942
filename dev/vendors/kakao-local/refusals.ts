import { workerVars } from '../../credentials.ts'
import { Refusal } from '../vendor.ts'

export function refusal(status: 400 | 401 | 403 | 429, errorType: string, message: string) {
  return new Refusal(status, { errorType, message })
}

export function checkKey(key: string | undefined) {
  if (key === undefined) throw refusal(401, 'AccessDeniedError', 'cannot find Authorization : KakaoAK header')
  // Kakao really repeats the key that it was sent.
  if (!/^[0-9a-z]{32}$/i.test(key)) throw refusal(401, 'AccessDeniedError', `wrong appKey(${key}) format`)
  if (key !== workerVars.KAKAO_REST_API_KEY) throw refusal(401, 'AccessDeniedError', `appKey(${key}) does not exist`)
}

/** A parameter that must be a number from `min` to `max`. */
export function readNumber(
  text: string | undefined,
  name: string,
  { min = -Infinity, max = Infinity, otherwise = Number.NaN } = {},
): number {
  if (text === undefined || text === '') {
    if (Number.isNaN(otherwise)) throw refusal(400, 'MissingParameter', `${name} parameter required`)
    return otherwise
  }
  const number = Number(text)
  if (!Number.isFinite(number)) throw refusal(400, 'InvalidArgument', `${name} is not a number`)
  if (number > max) throw refusal(400, 'InvalidArgument', `${name} is more than max`)
  if (number < min) throw refusal(400, 'InvalidArgument', `${name} is less than min`)
  return number
}
