import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Refusal } from '../vendor.ts'

const words = (text: string) => text.trim().split(/\s+/)

/** Every code that is not listed is a 400. https://docs.tosspayments.com/reference/error-codes */
const STATUSES = new Map<string, ContentfulStatusCode>(
  (
    [
      [401, words('UNAUTHORIZED_KEY')],
      [
        403,
        words(`
        REJECT_ACCOUNT_PAYMENT REJECT_CARD_PAYMENT REJECT_CARD_COMPANY FORBIDDEN_REQUEST FORBIDDEN_CONSECUTIVE_REQUEST REJECT_TOSSPAY_INVALID_ACCOUNT
        EXCEED_MAX_AUTH_COUNT EXCEED_MAX_ONE_DAY_AMOUNT NOT_AVAILABLE_BANK INVALID_PASSWORD INCORRECT_BASIC_AUTH_FORMAT FDS_ERROR NOT_CANCELABLE_AMOUNT
        NOT_CANCELABLE_PAYMENT EXCEED_MAX_REFUND_DUE NOT_ALLOWED_PARTIAL_REFUND NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT
        NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER EXCEED_CANCEL_LIMIT
      `),
      ],
      [404, words('NOT_FOUND_PAYMENT NOT_FOUND_PAYMENT_SESSION NOT_FOUND NOT_FOUND_BILLING')],
      [409, words('IDEMPOTENT_REQUEST_PROCESSING')],
      [429, words('TOO_MANY_REQUESTS')],
      [
        500,
        words(`
        FAILED_INTERNAL_SYSTEM_PROCESSING FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING UNKNOWN_PAYMENT_ERROR COMMON_ERROR FAILED_DB_PROCESSING
        FAILED_CARD_COMPANY_RESPONSE FAILED_REFUND_PROCESS FAILED_METHOD_HANDLING_CANCEL FAILED_PARTIAL_REFUND FAILED_BILL_KEY_AUTH_CREATION
      `),
      ],
    ] as const
  ).flatMap(([status, codes]) => codes.map((code) => [code, status] as const)),
)

const MESSAGES: Readonly<Record<string, string>> = {
  REJECT_CARD_PAYMENT: '한도초과 혹은 잔액부족으로 결제에 실패했습니다.',
  REJECT_CARD_COMPANY: '결제 승인이 거절되었습니다.',
  DUPLICATED_ORDER_ID: '이미 승인 및 취소가 진행된 중복된 주문번호 입니다. 다른 주문번호로 진행해주세요.',
  ALREADY_PROCESSED_PAYMENT: '이미 처리된 결제 입니다.',
  NOT_FOUND_PAYMENT: '존재하지 않는 결제 입니다.',
  NOT_FOUND_PAYMENT_SESSION: '결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.',
  NOT_MATCHES_CUSTOMER_KEY: '빌링 인증 고객키와 결제 요청 고객키가 일치하지 않습니다.',
  UNAUTHORIZED_KEY: '인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.',
  IDEMPOTENT_REQUEST_PROCESSING: '이전 멱등 요청이 처리중입니다.',
}

export const statusOf = (code: string): ContentfulStatusCode => STATUSES.get(code) ?? 400

/** What Toss answers instead of a payment. */
export function failureOf(code: string): { code: string; message: string } {
  return { code, message: MESSAGES[code] ?? '요청을 처리할 수 없습니다.' }
}

export const refusal = (code: string) => new Refusal(statusOf(code), failureOf(code))
