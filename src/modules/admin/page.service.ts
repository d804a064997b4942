import type { Deps } from '../../deps.ts'

/** Where the admins' page sends a browser to log in with Kakao, which sends it back to the page. */
export function findLogin({ kakao, publicOrigin }: Pick<Deps, 'kakao' | 'publicOrigin'>, state: string): string {
  return kakao.authorizationUrl({ redirect_uri: `${publicOrigin}/admin`, state })
}

/** A file of the page, or null. `known` is the ETag that the browser has. */
export async function findPageFile({ assets }: Pick<Deps, 'assets'>, file: string, known: string | undefined): Promise<Response | null> {
  if (!/^[a-z-]+\.(js|css|svg)$/.test(file)) return null
  // Only the path counts for the binding. The name of the host is never looked up.
  const answer = await assets.fetch(`https://assets.local/admin/${file}`, {
    headers: known === undefined ? {} : { 'If-None-Match': known },
  })
  return answer.status === 404 ? null : answer
}
