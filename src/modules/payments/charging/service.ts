import type { Deps } from '../../../deps.ts'

export async function runCharge(
  _deps: Pick<Deps, 'db' | 'toss' | 'now' | 'vault'>,
  _charge: { readonly subscription_id: string; readonly period_no: number },
  _options: { readonly deadlineMs?: number } = {},
): Promise<'done' | 'declined' | 'unknown' | 'held' | 'nothing'> {
  return 'nothing'
}
