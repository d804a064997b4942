import pg from 'pg'

/** A connected client, or an error that says which server it was, without its password. */
export async function connectPostgres(url: string): Promise<pg.Client> {
  let client: pg.Client
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('it does not begin with postgres://')
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
    // A connection that breaks is seen by the query that needs it.
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (error) {
    throw new Error(`cannot use the database at ${withoutPassword(url)}: ${describeError(error)}`, { cause: error })
  }
}

export function withoutPassword(url: string): string {
  return url.replace(/\/\/([^/@:]*):[^/@]*@/, (_, user: string) => (user ? `//${user}@` : '//'))
}

/** One line, also for what Node says of a name with several addresses, whose own message is empty. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeError(error.errors[0])
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code ?? error.name) : String(error)
}
