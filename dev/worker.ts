import worker from '../src/index.ts'

/**
 * The entry of `npm run dev`: the Worker, with the playground (on the simulators' server) in front of it. `npm run deploy` and the tests use src/index.ts,
 * which has no playground.
 */

export * from '../src/index.ts'

type DevelopmentEnv = Env & { readonly VENDOR_GATEWAY: string }

export default {
  ...worker,
  fetch(request, env, ctx) {
    const { pathname, search } = new URL(request.url)
    // Without the simulators nobody could log in there.
    if (!env.VENDOR_GATEWAY || !/^\/playground(\/|$)/.test(pathname)) return worker.fetch(request, env, ctx)
    return fetch(new Request(new URL(`${pathname}${search}`, env.VENDOR_GATEWAY), request))
  },
} satisfies ExportedHandler<DevelopmentEnv>
