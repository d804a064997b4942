import { z } from 'zod'
import { exchange, type Fetch } from '../http.ts'
import type { KakaoAnswer, KakaoFailure } from './places.ts'

const errorSchema = z.object({ errorType: z.string().optional().catch(undefined), code: z.number().optional().catch(undefined) })

/** Of maps and of the platform: one says it in a word, the other in a number. */
const REASONS: Readonly<Record<string, KakaoFailure>> = {
  RequestThrottled: 'quota',
  '-10': 'quota',
  NotAuthorizedError: 'misconfigured',
  AccessDeniedError: 'misconfigured',
  MissingParameter: 'misconfigured',
  InvalidArgument: 'misconfigured',
  '-2': 'misconfigured',
  '-3': 'misconfigured',
  '-401': 'misconfigured',
}

/** Asks, and says by the name of an error what it means. Its message stays here, because Kakao repeats the key in it. */
export async function askKakao<T extends z.ZodType>(fetch: Fetch, request: Request, schema: T): Promise<KakaoAnswer<z.output<T>>> {
  try {
    const { status, body } = await exchange(fetch, 'kakao local', request)
    const value = schema.safeParse(body)
    if (status === 200 && value.success) return { outcome: 'answered', value: value.data }
    const { errorType, code } = errorSchema.safeParse(body).data ?? {}
    const reason = REASONS[errorType ?? ''] ?? REASONS[String(code)] ?? (status === 429 ? 'quota' : 'unavailable')
    return { outcome: 'failed', reason }
  } catch {
    return { outcome: 'failed', reason: 'unavailable' }
  }
}
