import { createRouter } from '../../../http/router.ts'
import { takeNotice } from './service.ts'

export const tossEventRoutes = createRouter()

// Whatever is sent is answered with 200, because Toss repeats for days what is not.
tossEventRoutes.post('/payments/webhook/toss', async (c) => {
  const body: unknown = await c.req.json().catch(() => null)
  await takeNotice(c.var.deps, body, c.req.raw.headers)
  return c.json({}, 200)
})
