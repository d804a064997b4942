/** What the Worker refused: a problem with a stable code and a sentence for the person. */
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

/** Not everything between here and the Worker answers in JSON when it fails. */
function parse(text) {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}
