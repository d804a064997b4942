import { inject } from 'vitest'

/**
 * The number of random histories for a test that takes a minute or more for all of them. On a server at TEST_DATABASE_URL the test goes through all. The embedded
 * database is several times slower, so the test goes through a quarter of them there.
 */
export const histories = (all: number): number => (inject('isEmbedded') ? Math.ceil(all / 4) : all)
