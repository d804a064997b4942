import { onTestFinished, vi } from 'vitest'

/** Sets the clock on by so much, for tests and for the Durable Objects beside them, until the test is over; real time goes on as ever. */
export function passTime(ms: number): void {
  const now = Date.now() + ms
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(now)
  onTestFinished(() => void vi.useRealTimers())
}
