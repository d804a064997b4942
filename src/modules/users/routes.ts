import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, idParam, json, jsonBody } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { badgeNotEarned, badgeNotFound } from '../badges/errors.ts'
import { unknownDocumentVersion } from '../legal/errors.ts'
import { regionSchema } from '../regions/schema.ts'
import { nicknameBanned, nicknameChangeTooSoon, nicknameTaken, unknownRegion, userNotFound } from './errors.ts'
import {
  consentSchema,
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
    summary: 'My profile',
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
    summary: 'Change my nickname, weekly goal, unit or the badge I show',
    description: 'All of the change or nothing. A nickname can be changed once in seven days. Replacing the generated one is free.',
    tags: ['users'],
    method: 'patch',
    path: '/users/me',
    request: { body: jsonBody(editUserSchema) },
    responses: {
      200: json(userProfileSchema, 'How I am now'),
      ...userProblems(nicknameTaken, nicknameChangeTooSoon, nicknameBanned, badgeNotFound, badgeNotEarned),
    },
  }),
  async (c) => c.json(await editProfile(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteMe',
    summary: 'Delete my account',
    description: 'Every device is logged out. Logging in again before `purge_at` restores the account. After that everything is destroyed.',
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
    summary: 'Which steps of the onboarding are done',
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
    summary: 'What I have agreed to',
    tags: ['users'],
    method: 'get',
    path: '/users/me/consents',
    responses: { 200: json(z.array(consentSchema), 'The latest decision a document'), ...userProblems() },
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
    responses: { 200: json(z.array(consentSchema), 'The latest decision a document'), ...userProblems(unknownDocumentVersion) },
  }),
  async (c) => c.json(await decideConsents(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

userRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'checkNickname',
    summary: 'Whether I could take a nickname',
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
    summary: 'Say where I live',
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
    summary: 'Hide what lies within a circle from others',
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
    summary: 'Take the privacy zone away',
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
    summary: 'My settings',
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
    summary: 'Change settings',
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
    summary: 'What my subscription opens',
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
    summary: 'Somebody, as others see them',
    tags: ['users'],
    method: 'get',
    path: '/users/{id}',
    request: { params: idParam },
    responses: { 200: json(publicUserSchema, 'Nickname, region and pets'), ...userProblems(userNotFound) },
  }),
  async (c) => c.json(await getPublicUser(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)
