import { inject } from 'vitest'

/**
 * How many random histories a test goes through that takes a minute or more for all of them. The embedded database is several times slower than a
 * server: there it is a quarter of them, and all where TEST_DATABASE_URL names one.
 */
export const histories = (all: number): number => (inject('isEmbedded') ? Math.ceil(all / 4) : all)
