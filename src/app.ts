import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { createDeps, type Deps } from './deps.ts'
import { aboutRoutes } from './http/about.ts'
import { limitsOf, readableBody } from './http/middleware/body.ts'
import { limitByAddress } from './http/middleware/rate-limit.ts'
import { requestLog } from './http/middleware/request-log.ts'
import { uncached } from './http/middleware/uncached.ts'
import { answerUnknown } from './http/not-found.ts'
import { serveDocument } from './http/openapi.ts'
import { onError } from './http/problem.ts'
import { createRouter } from './http/router.ts'
import { adminPageRoutes } from './modules/admin/page.routes.ts'
import { adminRoutes } from './modules/admin/routes.ts'
import { authRoutes } from './modules/auth/routes.ts'
import { badgeRoutes } from './modules/badges/routes.ts'
import { albumRoutes } from './modules/stats/album/routes.ts'
import { calendarFeedRoutes } from './modules/stats/calendar-feed/routes.ts'
import { statsRoutes } from './modules/stats/routes.ts'
import { wayRoutes } from './modules/stats/ways/routes.ts'
import { streakRoutes } from './modules/streaks/routes.ts'
import { appConfigRoutes } from './modules/app-config/routes.ts'
import { gradeRoutes } from './modules/grades/routes.ts'
import { homeRoutes } from './modules/home/routes.ts'
import { courseRoutes } from './modules/courses/routes.ts'
import { exportRoutes } from './modules/exports/archives/routes.ts'
import { heatRoutes } from './modules/courses/heat/routes.ts'
import { healthRoutes } from './modules/health/routes.ts'
import { invitationRoutes } from './modules/invitations/routes.ts'
import { legalRoutes } from './modules/legal/routes.ts'
import { meetupRoutes } from './modules/meetups/routes.ts'
import { announcementRoutes } from './modules/notifications/announcements/routes.ts'
import { notificationRoutes } from './modules/notifications/routes.ts'
import { storeRoutes } from './modules/payments/stores/routes.ts'
import { billingRoutes } from './modules/payments/billing/routes.ts'
import { planRoutes } from './modules/payments/plans/routes.ts'
import { subscriptionRoutes } from './modules/payments/subscription/routes.ts'
import { historyRoutes } from './modules/payments/history/routes.ts'
import { itemRoutes } from './modules/payments/items/routes.ts'
import { orderRoutes } from './modules/payments/orders/routes.ts'
import { refundRoutes } from './modules/payments/refunds/routes.ts'
import { tossEventRoutes } from './modules/payments/toss-events/routes.ts'
import { paymentOverviewRoutes } from './modules/payments/overview/routes.ts'
import { petRoutes } from './modules/pets/routes.ts'
import { hazardRoutes } from './modules/weather/hazards/routes.ts'
import { placeRoutes } from './modules/places/routes.ts'
import { rankingRoutes } from './modules/rankings/routes.ts'
import { regionRoutes } from './modules/regions/routes.ts'
import { shareCardRoutes } from './modules/share-cards/routes.ts'
import { blockRoutes } from './modules/social/blocks/routes.ts'
import { feedRoutes } from './modules/social/feed/routes.ts'
import { commentRoutes } from './modules/social/comments/routes.ts'
import { likeRoutes } from './modules/social/likes/routes.ts'
import { reactionRoutes } from './modules/social/reactions/routes.ts'
import { followRoutes } from './modules/social/follows/routes.ts'
import { searchRoutes } from './modules/social/search/routes.ts'
import { recommendationRoutes } from './modules/recommendations/routes.ts'
import { appealRoutes } from './modules/social/moderation/appeals/routes.ts'
import { caseRoutes } from './modules/social/moderation/cases/routes.ts'
import { evidenceRoutes } from './modules/social/moderation/evidence/routes.ts'
import { reportRoutes } from './modules/social/moderation/reports/routes.ts'
import { takedownRoutes } from './modules/social/moderation/takedowns/routes.ts'
import { importRoutes } from './modules/exports/imports/routes.ts'
import { uploadRoutes } from './modules/photos/routes.ts'
import { userRoutes } from './modules/users/routes.ts'
import { weatherRoutes } from './modules/weather/routes.ts'
import { walkRoomRoutes } from './modules/rooms/routes.ts'
import { walkRoutes } from './modules/walks/routes.ts'

export type MakeDeps = (...of: Parameters<typeof createDeps>) => Deps

export function createApp(makeDeps: MakeDeps = createDeps) {
  const app = createRouter()
  app.onError(onError)
  app.notFound(answerUnknown(app))
  app.use(requestId())
  app.use(requestLog)
  // Pages of other origins may show pictures of this API.
  app.use(secureHeaders({ crossOriginResourcePolicy: 'cross-origin' }))
  app.use(uncached)
  app.use(limitByAddress)
  app.use(readableBody(limitsOf(app)))
  app.use(async (c, next) => {
    c.set('deps', makeDeps(c.env, c.executionCtx, { onTrip: (ms) => c.var.trips.push(ms) }))
    await next()
  })
  app.route('/', aboutRoutes)
  app.route('/', healthRoutes)
  app.route('/', authRoutes)
  // Before /users/{id}, which would take the path for somebody's id.
  app.route('/', searchRoutes)
  app.route('/', userRoutes)
  app.route('/', exportRoutes)
  app.route('/', regionRoutes)
  app.route('/', placeRoutes)
  app.route('/', courseRoutes)
  app.route('/', heatRoutes)
  app.route('/', hazardRoutes)
  app.route('/', petRoutes)
  app.route('/', weatherRoutes)
  // Before /walks/{id}, which would take the path for a walk's id.
  app.route('/', statsRoutes)
  app.route('/', wayRoutes)
  app.route('/', albumRoutes)
  app.route('/', calendarFeedRoutes)
  app.route('/', walkRoutes)
  app.route('/', homeRoutes)
  app.route('/', badgeRoutes)
  app.route('/', streakRoutes)
  app.route('/', gradeRoutes)
  app.route('/', rankingRoutes)
  app.route('/', adminRoutes)
  app.route('/', adminPageRoutes)
  app.route('/', paymentOverviewRoutes)
  app.route('/', notificationRoutes)
  app.route('/', announcementRoutes)
  app.route('/', storeRoutes)
  app.route('/', blockRoutes)
  app.route('/', feedRoutes)
  app.route('/', likeRoutes)
  app.route('/', commentRoutes)
  app.route('/', reactionRoutes)
  app.route('/', followRoutes)
  app.route('/', recommendationRoutes)
  app.route('/', reportRoutes)
  app.route('/', caseRoutes)
  app.route('/', evidenceRoutes)
  app.route('/', appealRoutes)
  app.route('/', takedownRoutes)
  app.route('/', invitationRoutes)
  app.route('/', meetupRoutes)
  app.route('/', walkRoomRoutes)
  app.route('/', uploadRoutes)
  app.route('/', importRoutes)
  app.route('/', shareCardRoutes)
  app.route('/', planRoutes)
  app.route('/', subscriptionRoutes)
  app.route('/', billingRoutes)
  app.route('/', orderRoutes)
  app.route('/', refundRoutes)
  app.route('/', historyRoutes)
  app.route('/', itemRoutes)
  app.route('/', tossEventRoutes)
  app.route('/', legalRoutes)
  app.route('/', appConfigRoutes)
  serveDocument(app)
  return app
}
