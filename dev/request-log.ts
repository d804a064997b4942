export interface LoggedRequest {
  host: string
  path: string
  method: string
  headers: Record<string, string>
  body: string
}

const KEPT = 2_000

/** The latest requests to vendors, so that a test can see what was sent, and how often. */
export function createRequestLog() {
  let requests: LoggedRequest[] = []
  return {
    add(request: LoggedRequest) {
      requests.push(request)
      if (requests.length > KEPT * 2) requests = requests.slice(-KEPT)
    },
    /** `path` is a prefix. `key` is a part of the URL, the headers or the body. */
    list({ host, path, key }: { host?: string; path?: string; key?: string }): LoggedRequest[] {
      return requests.filter(
        (it) =>
          (!host || it.host === host) &&
          (!path || it.path.startsWith(path)) &&
          (!key || [it.path, it.body, ...Object.values(it.headers)].some((text) => text.includes(key))),
      )
    },
    clear: () => void (requests = []),
  }
}
