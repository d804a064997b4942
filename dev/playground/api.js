/** A refusal of the Worker: a problem with a stable code and a sentence for the person. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.error ?? `HTTP ${status}`)
    this.status = status
    this.code = problem?.code
  }
}

export async function request(method, path, { token, body } = {}) {
  const response = await fetch(path, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer = parse(text)
  if (!response.ok) throw new Refused(response.status, answer)
  return answer
}

/** The text may not be JSON, because something between here and the Worker may have failed. */
function parse(text) {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}
