import { defineConfig } from 'drizzle-kit'

/**
 * `npm run db:generate -- --name add_badges` writes the next numbered file: what changed in src/db/schema since the newest snapshot in meta/.
 * Begin every migration with it, for meta/ counts the files; `-- --custom` gives an empty one. What it writes is a draft to be rewritten: it lacks
 * `SET LOCAL lock_timeout`, CHECKs, exclusion constraints and functions, it quotes `"geography(…)"`, which has to go, and it names foreign keys
 * its own way where ours carry PostgreSQL's names. Only drizzle-kit reads meta/; dev/migrate.ts applies the SQL as it stands, and test/contract
 * compares what comes of it with src/db/schema.
 */
export default defineConfig({ dialect: 'postgresql', schema: './src/db/schema/index.ts', out: './migrations', breakpoints: false })
