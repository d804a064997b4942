import type { Clock } from './clock.ts'
import type { GoogleOauth } from './google-oauth.ts'
import { createApi } from './play/api.ts'
import { createControls } from './play/controls.ts'
import { createPubSub } from './play/pubsub.ts'
import { createStore } from './play/store.ts'
import { createHost, type Vendor } from './vendor.ts'

/** Google Play's billing: the Developer API, its notices by Pub/Sub, and the keys that sign them. */
export async function createPlay({ workerUrl, clock, oauth }: { workerUrl: string; clock: Clock; oauth: GoogleOauth }): Promise<Vendor> {
  const pubsub = await createPubSub({ workerUrl })
  const store = createStore({ clock, pubsub })
  const keys = createHost()
  keys.get('/oauth2/v3/certs', (c) => c.json(pubsub.jwks(), 200, { 'Cache-Control': 'public, max-age=21600' }))
  return {
    hosts: { 'androidpublisher.googleapis.com': createApi({ store, oauth }), 'www.googleapis.com': keys },
    control: createControls({ store, pubsub, oauth }),
    reset() {
      store.reset()
      pubsub.reset()
    },
    advance: store.advance,
  }
}
