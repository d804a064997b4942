import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { idParam, json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { petNotFound } from '../pets/errors.ts'
import { regionNotFound } from '../regions/errors.ts'
import { placeOutsideKorea, placeUnknown, weatherUnavailable } from './errors.ts'
import { pawForecastSchema, pawIndexQuery, weatherQuery, weatherReportSchema } from './schema.ts'
import { forecastPaws, tellWeather } from './service.ts'

export const weatherRoutes = createRouter()

weatherRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getWeather',
    summary: 'Get the weather of a place',
    description:
      'Measured by KMA, with the air of AirKorea, what it means for walkers and for the primary pet, and the best hours of the next twelve. When a source does not answer, it is what is known, at most six hours old, and `stale`.',
    tags: ['weather'],
    method: 'get',
    path: '/weather',
    request: { query: weatherQuery },
    responses: {
      200: json(weatherReportSchema, 'The weather'),
      ...userProblems(regionNotFound, placeOutsideKorea, weatherUnavailable),
    },
  }),
  async (c) => c.json(await tellWeather(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

weatherRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getPawIndex',
    summary: 'Get the paw index of a pet',
    description: 'What each coming hour means for one of my own pets. Without a place it is for my region.',
    tags: ['weather'],
    method: 'get',
    path: '/pets/{id}/paw-index',
    request: { params: idParam, query: pawIndexQuery },
    responses: {
      200: json(pawForecastSchema, 'Hour by hour'),
      ...userProblems(petNotFound, regionNotFound, placeOutsideKorea, placeUnknown, weatherUnavailable),
    },
  }),
  async (c) => c.json(await forecastPaws(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)
