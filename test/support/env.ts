import { env } from 'cloudflare:workers'

/** The Worker's environment with this run's cloud behind it. It is one object, so that its strings are checked once. */
export const testEnv: Env = {
  ...env,
  // Tests hand messages to the consumer themselves.
  JOBS: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue,
  TASKS: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue,
  // The alarm would run what is due in all tests at once.
  DUE_ALARM: { getByName: () => ({ wake: async () => {} }) } as unknown as Env['DUE_ALARM'],
  PUSHES: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue,
}
