import { onTestFinished, vi } from 'vitest'

/** Moves the clock forward until the test is over, for the test and for the Durable Objects beside it. Real time goes on. */
export function passTime(ms: number): void {
  const now = Date.now() + ms
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(now)
  onTestFinished(() => void vi.useRealTimers())
}
