import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { forUserAt } from '../../http/middleware/user-limits.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { placeExpired, placeFavoriteLimit, placeNotFound, placeNotKept } from './errors.ts'
import { addFavorite, removeFavorite } from './favorites/service.ts'
import { listPlacesQuery, placeDetailSchema, placeListSchema, placeParam } from './schema.ts'
import { foundPlacesSchema, searchPlacesQuery } from './search/schema.ts'
import { searchPlaces } from './search/service.ts'
import { getPlace, listPlaces } from './service.ts'

export const placeRoutes = createRouter()

placeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listPlaces',
    summary: 'List places',
    description:
      'Around a point the nearest first, in a rectangle all that lies in it, or my favourites: exactly one of the three. A rectangle with more than 300 places puts 5 and more that lie close together into `clusters`.',
    tags: ['places'],
    method: 'get',
    path: '/places',
    request: { query: listPlacesQuery },
    responses: { 200: json(placeListSchema, 'The places'), ...userProblems() },
  }),
  async (c) => c.json(await listPlaces(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

placeRoutes.openapi(
  createRoute({
    ...forUserAt('place_search'),
    operationId: 'searchPlaces',
    summary: 'Search places by name',
    description: 'Places of Kakao Map and those that are kept here, each once. Names of Kakao’s places are shown with their `place_url`.',
    tags: ['places'],
    method: 'get',
    path: '/places/search',
    request: { query: searchPlacesQuery },
    responses: { 200: json(foundPlacesSchema, 'A page'), ...userProblems() },
  }),
  async (c) => c.json(await searchPlaces(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

placeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getPlace',
    summary: 'Get a place',
    description: 'Also one that has closed. A place of Kakao can be read for an hour after somebody has found it.',
    tags: ['places'],
    method: 'get',
    path: '/places/{id}',
    request: { params: placeParam },
    responses: { 200: json(placeDetailSchema, 'The place'), ...userProblems(placeNotFound, placeExpired) },
  }),
  async (c) => c.json(await getPlace(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

placeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'addFavoritePlace',
    summary: 'Make a place a favourite',
    description: 'At most 200. Of several entries of one place the one that is shown becomes the favourite.',
    tags: ['places'],
    method: 'put',
    path: '/places/{id}/favorite',
    request: { params: placeParam },
    responses: { 204: empty('It is a favourite'), ...userProblems(placeNotFound, placeNotKept, placeFavoriteLimit) },
  }),
  async (c) => {
    await addFavorite(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

placeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removeFavoritePlace',
    summary: 'Remove a favourite place',
    description: 'Removing what is no favourite is a success.',
    tags: ['places'],
    method: 'delete',
    path: '/places/{id}/favorite',
    request: { params: placeParam },
    responses: { 204: empty('It is no favourite (any more)'), ...userProblems(placeNotKept) },
  }),
  async (c) => {
    await removeFavorite(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
