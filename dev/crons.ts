import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'

const MINUTE_MS = 60_000

/** Whether a cron fires in a minute (UTC). It understands numbers and `*` only, because wrangler.toml has nothing else. */
export function isDue(cron: string, at: Date): boolean {
  const now = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay()]
  const fields = cron.split(' ')
  if (fields.length !== now.length || !fields.every((field) => /^(\*|\d+)$/.test(field)))
    throw new Error(`${cron} is more of cron's language than the local cloud knows`)
  return fields.every((field, k) => field === '*' || Number(field) === now[k])
}

/** Fires the crons of wrangler.toml at their time, as Cloudflare does, because `wrangler dev` fires none. The function that it returns stops it. */
export function startCrons(workerUrl: string, say: (line: string) => void): () => void {
  const { triggers } = parse(readFileSync('wrangler.toml', 'utf8')) as unknown as { triggers: { crons: string[] } }
  let timer: NodeJS.Timeout
  function wait() {
    const next = (Math.floor(Date.now() / MINUTE_MS) + 1) * MINUTE_MS
    timer = setTimeout(() => {
      for (const cron of triggers.crons.filter((one) => isDue(one, new Date(next)))) void fire(cron, next)
      wait()
    }, next - Date.now())
    timer.unref()
  }
  async function fire(cron: string, at: number) {
    const query = new URLSearchParams({ cron, time: String(at) })
    const response = await fetch(`${workerUrl}/cdn-cgi/local/scheduled?${query}`).catch(() => null)
    if (!response?.ok) say(`the cron ${cron} failed${response ? ` (${response.status})` : ': the Worker does not answer'}`)
  }
  wait()
  return () => clearTimeout(timer)
}
