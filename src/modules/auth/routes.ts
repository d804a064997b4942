import { createRoute } from '@hono/zod-openapi'
import { zValidator } from '@hono/zod-validator'
import { accountBanned } from '../../core/actor.ts'
import { forUser, requireUser } from '../../http/middleware/auth.ts'
import { limitLogins } from '../../http/middleware/rate-limit.ts'
import { optionalBody } from '../../http/middleware/optional-body.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { empty, idParam, json, jsonBody, pageOf } from '../../http/responses.ts'
import { createRouter, refuseInvalid } from '../../http/router.ts'
import {
  identityTokenUsed,
  invalidRefreshToken,
  refreshTokenReused,
  sessionNotFound,
  socialLoginRejected,
  vendorUnavailable,
} from './errors.ts'
import { takeAppleNotice, takeKakaoNotice } from './notices.service.ts'
import {
  logInWithAppleSchema,
  appleNoticeSchema,
  logInWithKakaoSchema,
  kakaoNoticeSchema,
  loginSchema,
  logoutSchema,
  logInWithNaverSchema,
  refreshSchema,
  sessionSchema,
  tokensSchema,
} from './schema.ts'
import {
  listDevices,
  logInWithApple,
  logInWithKakao,
  logInWithNaver,
  logOut,
  logOutDevice,
  logOutElsewhere,
  refreshTokens,
} from './service.ts'

export const authRoutes = createRouter()

const loginResponses = {
  200: json(loginSchema, 'Logged in; a first login makes the account, one within 30 days of its deletion gives it back'),
  ...problems(socialLoginRejected, identityTokenUsed, accountBanned, vendorUnavailable),
}
const ONCE =
  'A code or an identity token logs in once. The very same request again within a minute, after a lost answer, gives the same session. Later it is `identity_token_used`, and the app gets a new one from the provider. An address may log in 60 times a minute.'

authRoutes.openapi(
  createRoute({
    operationId: 'logInWithKakao',
    summary: 'Log in with Kakao',
    description: `Takes what the Kakao SDK or the authorization page gave to the app. A first login makes the account. ${ONCE}`,
    tags: ['auth'],
    method: 'post',
    path: '/auth/kakao',
    middleware: limitLogins,
    request: { body: jsonBody(logInWithKakaoSchema) },
    responses: loginResponses,
  }),
  async (c) => c.json(await logInWithKakao(c.var.deps, c.req.valid('json')), 200),
)

authRoutes.openapi(
  createRoute({
    operationId: 'logInWithNaver',
    summary: 'Log in with Naver',
    description: `Takes what the Naver SDK or the authorization page gave to the app. A first login makes the account. ${ONCE}`,
    tags: ['auth'],
    method: 'post',
    path: '/auth/naver',
    middleware: limitLogins,
    request: { body: jsonBody(logInWithNaverSchema) },
    responses: loginResponses,
  }),
  async (c) => c.json(await logInWithNaver(c.var.deps, c.req.valid('json')), 200),
)

authRoutes.openapi(
  createRoute({
    operationId: 'logInWithApple',
    summary: 'Log in with Apple',
    description: `Takes the credential of Sign in with Apple. \`authorization_code\` lets the server end the link when the account is destroyed. ${ONCE}`,
    tags: ['auth'],
    method: 'post',
    path: '/auth/apple',
    middleware: limitLogins,
    request: { body: jsonBody(logInWithAppleSchema) },
    responses: loginResponses,
  }),
  async (c) => c.json(await logInWithApple(c.var.deps, c.req.valid('json')), 200),
)

authRoutes.openapi(
  createRoute({
    operationId: 'refreshTokens',
    summary: 'Refresh tokens',
    description:
      'Asking again within a minute gives the same refresh token again, as long as that one was not spent. A token that was spent earlier ends the session.',
    tags: ['auth'],
    method: 'post',
    path: '/auth/refresh',
    request: { body: jsonBody(refreshSchema) },
    responses: { 200: json(tokensSchema, 'New tokens'), ...problems(invalidRefreshToken, refreshTokenReused) },
  }),
  async (c) => c.json(await refreshTokens(c.var.deps, c.req.valid('json').refresh_token), 200),
)

authRoutes.openapi(
  createRoute({
    operationId: 'logOut',
    summary: 'Log out',
    description: 'Ends this session, and no other. The access token stops working at once. The body may be left out.',
    tags: ['auth'],
    method: 'post',
    path: '/auth/logout',
    ...forUser,
    middleware: [requireUser, optionalBody] as const,
    request: { body: { ...jsonBody(logoutSchema), required: false } },
    responses: { 204: empty('Logged out; `push_token` gets no more pushes'), ...userProblems() },
  }),
  async (c) => {
    await logOut(c.var.deps, c.var.actor, c.req.valid('json'))
    return c.body(null, 204)
  },
)

authRoutes.openapi(
  createRoute({
    operationId: 'listSessions',
    summary: 'List logged-in devices',
    description: 'One entry a session. Never more than one page.',
    tags: ['auth'],
    method: 'get',
    path: '/auth/sessions',
    ...forUser,
    responses: { 200: json(pageOf(sessionSchema), 'Last used first. There are at most fifty'), ...userProblems() },
  }),
  async (c) => c.json(await listDevices(c.var.deps, c.var.actor), 200),
)

authRoutes.openapi(
  createRoute({
    operationId: 'endOtherSessions',
    summary: 'Log out all other devices',
    description: 'Ends every session but the one that asks. Their access tokens stop working at once.',
    tags: ['auth'],
    method: 'delete',
    path: '/auth/sessions',
    ...forUser,
    responses: { 204: empty('Only this device is logged in'), ...userProblems() },
  }),
  async (c) => {
    await logOutElsewhere(c.var.deps, c.var.actor)
    return c.body(null, 204)
  },
)

authRoutes.openapi(
  createRoute({
    operationId: 'endSession',
    summary: 'Log out a device',
    description: 'Ends that session of mine. Ending one that has ended is a success.',
    tags: ['auth'],
    method: 'delete',
    path: '/auth/sessions/{id}',
    ...forUser,
    request: { params: idParam },
    responses: { 204: empty('That device is logged out'), ...userProblems(sessionNotFound) },
  }),
  async (c) => {
    await logOutDevice(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

authRoutes.post('/auth/apple/notifications', zValidator('json', appleNoticeSchema, refuseInvalid), async (c) => {
  await takeAppleNotice(c.var.deps, c.req.valid('json').payload)
  return c.json({}, 200)
})

// A target (query, form, json) that the request does not use is an empty object.
authRoutes.on(
  ['GET', 'POST'],
  '/auth/kakao/unlink',
  zValidator('query', kakaoNoticeSchema, refuseInvalid),
  zValidator('form', kakaoNoticeSchema, refuseInvalid),
  zValidator('json', kakaoNoticeSchema, refuseInvalid),
  async (c) => {
    const notice = { ...c.req.valid('query'), ...c.req.valid('form'), ...c.req.valid('json') }
    await takeKakaoNotice(c.var.deps, c.req.header('Authorization'), notice)
    return c.json({}, 200)
  },
)
