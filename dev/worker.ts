import worker from '../src/index.ts'

/**
 * What `npm run dev` runs: the Worker, and in front of it the playground, which stands on the simulators' server. `npm run deploy` and the tests
 * take src/index.ts, which knows nothing of it.
 */

export * from '../src/index.ts'

type DevelopmentEnv = Env & { readonly VENDOR_GATEWAY: string }

export default {
  ...worker,
  fetch(request, env, ctx) {
    const { pathname, search } = new URL(request.url)
    if (!/^\/playground(\/|$)/.test(pathname)) return worker.fetch(request, env, ctx)
    return fetch(new Request(new URL(`${pathname}${search}`, env.VENDOR_GATEWAY), request))
  },
} satisfies ExportedHandler<DevelopmentEnv>
