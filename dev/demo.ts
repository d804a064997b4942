import { ApiProblem, Unreachable } from '../client/src/index.ts'
import { DemoFailed, WORKER } from './demo/stage.ts'
import { readOptions } from './launcher/options.ts'

function demoOptions() {
  try {
    return readOptions('npm run demo --', 'plays a week of a neighbourhood against the stack that runs in this folder, or at PORT', {
      track: { type: 'string', about: 'a recording of your own: GPX, …' },
      premium: { type: 'boolean', about: 'plays how three owners buy premium instead: with a card, in the App Store and on Google Play' },
    })
  } catch (cause) {
    throw new DemoFailed((cause as Error).message, { cause })
  }
}

async function play(): Promise<void> {
  const { track, premium } = demoOptions()
  if (premium) await (await import('./demo/premium/premium.ts')).playPremium()
  else await (await import('./demo/week/week.ts')).playWeek(track)
}

try {
  await play()
} catch (error) {
  if (error instanceof Unreachable) console.error(`\n✗ nothing answers at ${WORKER}; start it with npm run dev`)
  else if (error instanceof DemoFailed || error instanceof ApiProblem) console.error(`\n✗ ${error.message}`)
  else throw error
  process.exitCode = 1
}
