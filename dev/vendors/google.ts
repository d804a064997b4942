import { createPublicKey } from 'node:crypto'
import type { Context } from 'hono'
import { jwtVerify } from 'jose'
import { z } from 'zod'
import { workerVars } from '../credentials.ts'
import { createHost, nowSeconds, randomToken, readAuthorization, readControl, readForm, Refusal, type Vendor } from './vendor.ts'

const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const TOKEN_SEC = 3_599
const PAYLOAD_MAX_BYTES = 4_096

const account = z
  .object({ project_id: z.string(), client_email: z.string(), private_key_id: z.string(), private_key: z.string() })
  .parse(JSON.parse(workerVars.FCM_SERVICE_ACCOUNT))
const publicKey = createPublicKey(account.private_key)

const stateSchema = z.strictObject({
  token: z.string().min(1),
  state: z.enum(['ok', 'unregistered', 'sender_id_mismatch', 'invalid', 'apns_unregistered', 'quota', 'unavailable', 'internal']),
})
const sendSchema = z.object({
  message: z.looseObject({ token: z.string(), data: z.record(z.string(), z.unknown()).optional() }),
  validate_only: z.boolean().optional(),
})

interface Message {
  readonly token: string
  readonly name: string
  readonly sent_at: string
  readonly message: unknown
}

/** Google's tokens for service accounts, and FCM's HTTP v1 API. A device must be registered under `/_sim` first. */
export function createGoogle(): Vendor {
  const accessTokens = new Map<string, number>()
  const states = new Map<string, z.infer<typeof stateSchema>['state']>()
  let messages: Message[] = []

  const oauth = createHost()
  oauth.post('/token', async (c) => {
    const { grant_type, assertion = '' } = await readForm(c)
    if (grant_type !== GRANT) throw new Refusal(400, { error: 'unsupported_grant_type', error_description: 'Invalid grant_type' })
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
      algorithms: ['RS256'],
      issuer: account.client_email,
      audience: TOKEN_URL,
      requiredClaims: ['iat', 'exp', 'scope'],
    }).catch(() => {
      throw new Refusal(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' })
    })
    if (protectedHeader.kid !== account.private_key_id || (payload.exp ?? 0) - (payload.iat ?? 0) > 3_600)
      throw new Refusal(400, { error: 'invalid_grant', error_description: 'Token must be a short-lived token (60 minutes)' })
    if (payload['scope'] !== SCOPE) throw new Refusal(400, { error: 'invalid_scope', error_description: 'Invalid OAuth scope' })
    const access_token = `ya29.c.${randomToken()}`
    accessTokens.set(access_token, nowSeconds() + TOKEN_SEC)
    return c.json({ access_token, expires_in: TOKEN_SEC, token_type: 'Bearer' })
  })

  const fcm = createHost()
  fcm.post('/v1/projects/:project/:call', (c) => send(c))

  async function send(c: Context) {
    const expiresAt = accessTokens.get(readAuthorization(c, 'Bearer') ?? '')
    if (expiresAt === undefined || expiresAt <= nowSeconds())
      throw refusal(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    if (c.req.param('project') !== account.project_id || c.req.param('call') !== 'messages:send')
      throw refusal(404, 'NOT_FOUND', 'Requested entity was not found.')
    const text = await c.req.text()
    const parsed = sendSchema.safeParse(JSON.parse(text))
    if (!parsed.success) throw refusal(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.', [violation('message')])
    const { message, validate_only } = parsed.data
    const wrong = Object.entries(message.data ?? {}).find(([, value]) => typeof value !== 'string')
    if (wrong) throw refusal(400, 'INVALID_ARGUMENT', 'Invalid value at data', [violation(`message.data[0].value`)])
    const { token: _, ...payload } = message
    if (Buffer.byteLength(JSON.stringify(payload)) > PAYLOAD_MAX_BYTES)
      throw refusal(400, 'INVALID_ARGUMENT', 'Android message is too big', [fcmError('INVALID_ARGUMENT')])
    refuseDevice(message.token)
    const name = `projects/${account.project_id}/messages/0:${Date.now()}${messages.length}%${randomToken(6)}`
    if (!validate_only) messages.push({ token: message.token, name, sent_at: new Date().toISOString(), message })
    return c.json({ name })
  }

  function refuseDevice(token: string) {
    switch (token.length < 20 ? 'invalid' : (states.get(token) ?? 'ok')) {
      case 'ok':
        return
      case 'unregistered':
        throw refusal(404, 'NOT_FOUND', 'Requested entity was not found.', [fcmError('UNREGISTERED')])
      case 'sender_id_mismatch':
        throw refusal(403, 'PERMISSION_DENIED', 'SenderId mismatch', [fcmError('SENDER_ID_MISMATCH')])
      case 'invalid':
        throw refusal(400, 'INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token', [
          fcmError('INVALID_ARGUMENT'),
        ])
      case 'apns_unregistered':
        throw refusal(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.', [
          fcmError('INVALID_ARGUMENT'),
          { '@type': 'type.googleapis.com/google.firebase.fcm.v1.ApnsError', statusCode: 410, reason: 'Unregistered' },
        ])
      case 'quota':
        throw refusal(429, 'RESOURCE_EXHAUSTED', 'Message rate exceeded.', [fcmError('QUOTA_EXCEEDED')])
      case 'unavailable':
        throw refusal(503, 'UNAVAILABLE', 'The service is currently unavailable.', [fcmError('UNAVAILABLE')])
      case 'internal':
        throw refusal(500, 'INTERNAL', 'Internal error encountered.', [fcmError('INTERNAL')])
    }
  }

  const control = createHost()
  control.get('/fcm/messages', (c) => {
    const token = c.req.query('token')
    return c.json({ messages: token === undefined ? messages : messages.filter((message) => message.token === token) })
  })
  control.delete('/fcm/messages', (c) => {
    messages = []
    return c.body(null, 204)
  })
  control.post('/fcm/tokens', async (c) => {
    const input = await readControl(c, stateSchema)
    states.set(input.token, input.state)
    return c.json(input, 201)
  })
  control.post('/fcm/withdraw', (c) => {
    accessTokens.clear()
    return c.body(null, 204)
  })

  return {
    hosts: { 'oauth2.googleapis.com': oauth, 'fcm.googleapis.com': fcm },
    control,
    // Access tokens stay, because Workers cache them.
    reset() {
      states.clear()
      messages = []
    },
  }
}

const fcmError = (errorCode: string) => ({ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode })
const violation = (field: string) => ({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field }] })

function refusal(status: 400 | 401 | 403 | 404 | 429 | 500 | 503, name: string, message: string, details: object[] = []): Refusal {
  return new Refusal(status, { error: { code: status, message, status: name, ...(details.length > 0 && { details }) } })
}
