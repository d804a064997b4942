import { ApiProblem } from './problems.ts'

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** Where the app keeps its tokens: the keychain, as expo-secure-store gives it. `null` means that nobody is signed in. */
export interface TokenStore {
  get(): Promise<Tokens | null>
  set(tokens: Tokens | null): Promise<void>
}

/** The session has ended. Only signing in anew helps. */
const ENDED = ['invalid_refresh_token', 'refresh_token_reused']

export interface SessionOptions {
  readonly store: TokenStore
  /** Spends a refresh token. It is asked again with the same one when the answer was lost. */
  readonly refresh: (refreshToken: string) => Promise<Tokens>
  /** The server has ended the session. It is told once a session. */
  readonly onSignedOut: (problem: ApiProblem) => void
}

/** The tokens of whoever is signed in. They are renewed by one call at a time, because a refresh token works once. */
export class Session {
  readonly #options: SessionOptions
  /** What could not be stored yet. The old refresh token is spent, so it must not be lost. */
  #unstored: Tokens | null = null
  #renewing: Promise<string | null> | null = null

  constructor(options: SessionOptions) {
    this.#options = options
  }

  async tokens(): Promise<Tokens | null> {
    return this.#unstored ?? (await this.#options.store.get())
  }

  async set(tokens: Tokens | null): Promise<void> {
    this.#unstored = tokens
    await this.#options.store.set(tokens)
    if (this.#unstored === tokens) this.#unstored = null
  }

  /** The access token that replaces one that was refused, or `null` when nobody is signed in any more. */
  renew(refused: string): Promise<string | null> {
    this.#renewing ??= this.#renew(refused).finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  async #renew(refused: string): Promise<string | null> {
    const before = await this.tokens()
    if (before === null) return null
    // Somebody has renewed it since that request left.
    if (before.access_token !== refused) return before.access_token
    let renewed: Tokens | null
    let ended: ApiProblem | null = null
    try {
      renewed = await this.#options.refresh(before.refresh_token)
    } catch (error) {
      if (!(error instanceof ApiProblem) || !ENDED.includes(error.code)) throw error
      renewed = null
      ended = error
    }
    // Whoever has signed in or out meanwhile, here or in a background task, has the last word.
    const now = await this.tokens()
    if (now?.refresh_token !== before.refresh_token) return now?.access_token ?? null
    // The renewed tokens are held in memory, so a storage that fails costs no session.
    await this.set(renewed).catch((error: unknown) => {
      if (renewed === null) throw error
    })
    if (ended) this.#options.onSignedOut(ended)
    return renewed?.access_token ?? null
  }
}
