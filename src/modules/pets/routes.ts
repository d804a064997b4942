import { createRoute } from '@hono/zod-openapi'
import { idempotencyConflict } from '../../core/idempotency.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { accountSuspended } from '../social/suspensions/errors.ts'
import { birthDateInvalid, petLimitReached, petNotFound } from './errors.ts'
import { healthRecordRoutes } from './health-records/routes.ts'
import { createPetSchema, editPetSchema, listBreedsQuery, listedBreedSchema, petSchema, petStatsSchema } from './schema.ts'
import { createPet, editPet, getPet, getPetStats, listMyPets, removePet, searchBreeds } from './service.ts'

export const petRoutes = createRouter()

petRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'createPet',
    summary: 'Register a pet',
    description: 'The first one is primary. At most ten.',
    tags: ['pets'],
    method: 'post',
    path: '/pets',
    request: { headers: idempotencyHeader, body: jsonBody(createPetSchema) },
    responses: { 201: json(petSchema, 'The pet'), ...userProblems(petLimitReached, birthDateInvalid, idempotencyConflict) },
  }),
  async (c) => c.json(await createPet(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

petRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listPets',
    summary: 'List my pets',
    description: 'The primary one first, then in the order they came. Never more than one page.',
    tags: ['pets'],
    method: 'get',
    path: '/pets',
    responses: { 200: json(pageOf(petSchema), 'All of them'), ...userProblems() },
  }),
  async (c) => c.json(await listMyPets(c.var.deps, c.var.actor), 200),
)

petRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getPet',
    summary: 'Get a pet',
    description: 'One of my own. Pets of others are shown with their owner.',
    tags: ['pets'],
    method: 'get',
    path: '/pets/{id}',
    request: { params: idParam },
    responses: { 200: json(petSchema, 'The pet'), ...userProblems(petNotFound) },
  }),
  async (c) => c.json(await getPet(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

petRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'editPet',
    summary: 'Change a pet',
    description: 'A change of species without a breed drops the breed. A name makes a placeholder a real pet.',
    tags: ['pets'],
    method: 'patch',
    path: '/pets/{id}',
    request: { params: idParam, body: jsonBody(editPetSchema) },
    responses: { 200: json(petSchema, 'The pet as it is now'), ...userProblems(petNotFound, birthDateInvalid, accountSuspended) },
  }),
  async (c) => c.json(await editPet(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
)

petRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deletePet',
    summary: 'Delete a pet',
    description: 'Its walks keep it. If it was the primary one, the oldest left becomes that.',
    tags: ['pets'],
    method: 'delete',
    path: '/pets/{id}',
    request: { params: idParam },
    responses: { 204: empty('It is gone'), ...userProblems(petNotFound) },
  }),
  async (c) => {
    await removePet(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

petRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getPetStats',
    summary: "Get a pet's totals",
    description: 'Distance, time and number of its valid walks.',
    tags: ['pets'],
    method: 'get',
    path: '/pets/{id}/stats',
    request: { params: idParam },
    responses: { 200: json(petStatsSchema, 'Of its valid walks'), ...userProblems(petNotFound) },
  }),
  async (c) => c.json(await getPetStats(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

petRoutes.openapi(
  createRoute({
    operationId: 'listBreeds',
    summary: 'Search breeds',
    description: 'Searches name, English name and aliases. Breeds that begin with `q` come first, then the popular ones. At most fifty.',
    tags: ['pets'],
    method: 'get',
    path: '/breeds',
    request: { query: listBreedsQuery },
    responses: { 200: json(pageOf(listedBreedSchema), 'What matches'), ...problems() },
  }),
  async (c) => c.json(await searchBreeds(c.var.deps, c.req.valid('query')), 200, { 'Cache-Control': 'public, max-age=3600' }),
)

petRoutes.route('/', healthRecordRoutes)
