import type { Context } from 'hono'
import { z } from 'zod'
import { workerVars } from '../credentials.ts'
import { FCM_SCOPE, type GoogleOauth } from './google-oauth.ts'
import { createHost, randomToken, readControl, Refusal, type Vendor } from './vendor.ts'

const PAYLOAD_MAX_BYTES = 4_096

const account = z.object({ project_id: z.string() }).parse(JSON.parse(workerVars.FCM_SERVICE_ACCOUNT))

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

/** FCM's HTTP v1 API. What becomes of messages to a device is set under `/_sim`. */
export function createGoogle({ oauth }: { oauth: GoogleOauth }): Vendor {
  const states = new Map<string, z.infer<typeof stateSchema>['state']>()
  let messages: Message[] = []

  const fcm = createHost()
  fcm.post('/v1/projects/:project/:call', (c) => send(c))

  async function send(c: Context) {
    if (!oauth.allows(c, FCM_SCOPE)) throw refusal(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
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
    oauth.withdraw(FCM_SCOPE)
    return c.body(null, 204)
  })

  return {
    hosts: { 'fcm.googleapis.com': fcm },
    control,
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
