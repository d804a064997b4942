import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, idParam, json, jsonBody } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { accountSuspended } from '../social/suspensions/errors.ts'
import { badgeNotEarned, badgeNotFound } from '../badges/errors.ts'
import { titleLocked, unknownTitle } from '../grades/errors.ts'
import { unknownDocumentVersion } from '../legal/errors.ts'
import { regionSchema } from '../regions/schema.ts'
import { nicknameBanned, nicknameChangeTooSoon, nicknameTaken, unknownRegion, userNotFound } from './errors.ts'
import {
  consentsSchema,
  decideConsentsSchema,
  departureSchema,
  editUserSchema,
  entitlementsSchema,
  locationSchema,
  nicknameCheckSchema,
  nicknameQuery,
  onboardingStatusSchema,
  ownSettingsSchema,
  privacyZoneSchema,
  publicUserSchema,
  userProfileSchema,
} from './schema.ts'
import {
  decideConsents,
  editProfile,
  editSettings,
  getConsents,
  getEntitlements,
  getOnboardingStatus,
  getProfile,
  getPublicUser,
  getSettings,
  judgeNickname,
  leave,
  moveUser,
  removePrivacyZone,
  setPrivacyZone,
} from './service.ts'
import { editSettingsSchema } from './settings/schema.ts'

export const userRoutes = createRouter()

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getMe',
    summary: 'Get my profile',
    description: 'What only I see of my account, and what others see.',
    tags: ['users'],
    method: 'get',
    path: '/users/me',
    responses: { 200: json(userProfileSchema, 'It'), ...userProblems() },
  }),
  async (c) => c.json(await getProfile(c.var.deps, c.var.actor), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'editMe',
    summary: 'Change my profile',
    description: 'All of the change or nothing. A nickname can be changed once in seven days. Replacing the generated one is free.',
    tags: ['users'],
    method: 'patch',
    path: '/users/me',
    request: { body: jsonBody(editUserSchema) },
    responses: {
      200: json(userProfileSchema, 'How I am now'),
      ...userProblems(
        nicknameTaken,
        nicknameChangeTooSoon,
        nicknameBanned,
        badgeNotFound,
        badgeNotEarned,
        unknownTitle,
        titleLocked,
        accountSuspended,
      ),
    },
  }),
  async (c) => c.json(await editProfile(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteMe',
    summary: 'Delete my account',
    description:
      'Every device is logged out, and nothing is charged any more but by a store. Logging in again before `purge_at` restores the account. After that everything is destroyed but the records of payments, which the law wants kept, without a name.',
    tags: ['users'],
    method: 'delete',
    path: '/users/me',
    responses: { 202: json(departureSchema, 'The deletion has begun'), ...userProblems() },
  }),
  async (c) => c.json(await leave(c.var.deps, c.var.actor), 202),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getOnboardingStatus',
    summary: 'Get my onboarding status',
    description: 'Which steps of the onboarding are done.',
    tags: ['users'],
    method: 'get',
    path: '/users/me/onboarding-status',
    responses: { 200: json(onboardingStatusSchema, 'The steps'), ...userProblems() },
  }),
  async (c) => c.json(await getOnboardingStatus(c.var.deps, c.var.actor), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listConsents',
    summary: 'List my consents',
    description: 'The latest decision about each document. A document that I never decided about is missing.',
    tags: ['users'],
    method: 'get',
    path: '/users/me/consents',
    responses: { 200: json(consentsSchema, 'The latest decision a document'), ...userProblems() },
  }),
  async (c) => c.json(await getConsents(c.var.deps, c.var.actor), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'decideConsents',
    summary: 'Agree to documents, or withdraw',
    description:
      'Decisions are only added, and never changed. Repeating the latest one adds nothing. Agreeing names a version that was published (`GET /legal/{doc}`); a withdrawal may name any.',
    tags: ['users'],
    method: 'post',
    path: '/users/me/consents',
    request: { body: jsonBody(decideConsentsSchema) },
    responses: { 200: json(consentsSchema, 'The latest decision a document'), ...userProblems(unknownDocumentVersion) },
  }),
  async (c) => c.json(await decideConsents(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'checkNickname',
    summary: 'Check a nickname',
    description: 'Whether I could take it now. Another user may still be faster.',
    tags: ['users'],
    method: 'get',
    path: '/users/nickname-check',
    request: { query: nicknameQuery },
    responses: { 200: json(nicknameCheckSchema, 'The verdict'), ...userProblems() },
  }),
  async (c) => c.json(await judgeNickname(c.var.deps, c.var.actor, c.req.valid('query').nickname), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'moveMe',
    summary: 'Set my home region',
    description: 'By coordinate, or by a sigungu or dong of GET /regions.',
    tags: ['users'],
    method: 'put',
    path: '/users/me/location',
    request: { body: jsonBody(locationSchema) },
    responses: { 200: json(regionSchema, 'My region'), ...userProblems(unknownRegion) },
  }),
  async (c) => c.json(await moveUser(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'setPrivacyZone',
    summary: 'Set my privacy zone',
    description: 'Hides what lies within a circle from others, in walks, photos and live rooms. It counts at once.',
    tags: ['users'],
    method: 'put',
    path: '/users/me/privacy-zone',
    request: { body: jsonBody(privacyZoneSchema) },
    responses: { 200: json(privacyZoneSchema, 'The zone'), ...userProblems() },
  }),
  async (c) => c.json(await setPrivacyZone(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removePrivacyZone',
    summary: 'Remove my privacy zone',
    description: 'Removing one that is not there is a success.',
    tags: ['users'],
    method: 'delete',
    path: '/users/me/privacy-zone',
    responses: { 204: empty('There is none (any more)'), ...userProblems() },
  }),
  async (c) => {
    await removePrivacyZone(c.var.deps, c.var.actor)
    return c.body(null, 204)
  },
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getSettings',
    summary: 'Get my settings',
    description: 'Everything that can be switched, with defaults filled in.',
    tags: ['users'],
    method: 'get',
    path: '/users/me/settings',
    responses: { 200: json(ownSettingsSchema, 'All of them'), ...userProblems() },
  }),
  async (c) => c.json(await getSettings(c.var.deps, c.var.actor), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'editSettings',
    summary: 'Change my settings',
    description: 'Only what is given changes, at any depth.',
    tags: ['users'],
    method: 'patch',
    path: '/users/me/settings',
    request: { body: jsonBody(editSettingsSchema) },
    responses: { 200: json(ownSettingsSchema, 'All of them as they are now'), ...userProblems() },
  }),
  async (c) => c.json(await editSettings(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getEntitlements',
    summary: 'Get my entitlements',
    description: 'Which premium features are open to me now.',
    tags: ['users'],
    method: 'get',
    path: '/users/me/entitlements',
    responses: { 200: json(entitlementsSchema, 'Feature by feature'), ...userProblems() },
  }),
  async (c) => c.json(await getEntitlements(c.var.deps, c.var.actor), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getUser',
    summary: "Get a user's profile",
    description: 'What others may see. Somebody who blocks me, or whom I block, is a 404.',
    tags: ['users'],
    method: 'get',
    path: '/users/{id}',
    request: { params: idParam },
    responses: { 200: json(publicUserSchema, 'Nickname, region and pets'), ...userProblems(userNotFound) },
  }),
  async (c) => c.json(await getPublicUser(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)
