import { describe, expect, it } from 'vitest'
import { doors, faultOf, ladder, packages, table } from '../../dev/lint/imports.ts'
import readme from '../../src/README.md?raw'

const list = (words = '') => words.split(' ').join(' · ')

describe('the rule of who may import what', () => {
  it('is what src/README.md says', () => {
    const rows = Object.entries(table).map(([kind, { may, types }]) => `| ${kind} | ${list(may)} | ${list(types)} |`)
    expect(readme).toContain(rows.join('\n'))
    for (const [name, kinds] of packages) expect(readme).toContain(`| ${name} | ${list(kinds)} |`)
    for (const [folder, door] of Object.entries(doors))
      expect(readme).toContain(`\`${folder}\` is entered through \`${door.replace(folder, '')}\``)
    expect(readme.replaceAll(/\s+/g, ' ')).toContain(ladder.join(' ← '))
  })

  it.each([
    ['src/core/text.ts', 'src/http/problem.ts', 'core may not import http'],
    ['src/core/text.ts', 'hono', 'hono is for'],
    ['src/core/text.ts', 'zod', null],
    ['src/http/env.ts', 'src/deps.ts', 'http may not import deps, but its types'],
    ['src/modules/pets/service.ts', 'drizzle-orm/pg-core', 'drizzle-orm is for'],
    ['src/modules/pets/service.ts', 'src/db/client.ts', null],
    ['src/modules/pets/service.ts', 'src/db/viewer.ts', 'M/service may not import db'],
    ['src/modules/pets/routes.ts', 'src/modules/pets/queries.ts', 'M/routes may not import own/queries'],
    ['src/modules/pets/health-records/queries.ts', 'src/modules/pets/sql.ts', null],
    ['src/modules/users/purge.queries.ts', 'src/jobs/sql.ts', null],
    ['src/modules/users/purge.queries.ts', 'src/jobs/outbox.ts', 'M/queries may not import jobs'],
    ['src/modules/walks/queries.ts', 'src/modules/pets/queries.ts', 'M/queries may not import others/queries'],
    ['src/modules/walks/queries.ts', 'src/modules/photos/sql.ts', null],
    ['src/modules/photos/queries.ts', 'src/modules/walks/sql.ts', 'photos stands lower than walks'],
    ['src/modules/photos/service.ts', 'src/modules/walks/errors.ts', null],
    ['src/modules/invitations/service.ts', 'src/modules/rooms/recheck/service.ts', null],
    ['src/modules/invitations/service.ts', 'src/modules/rooms/service.ts', 'invitations stands lower than rooms'],
    ['src/modules/social/blocks/service.ts', 'src/modules/social/feed/service.ts', 'social/blocks stands lower than social'],
    ['src/modules/rankings/hall/service.ts', 'src/modules/walks/review/service.ts', null],
    ['src/modules/rankings/service.ts', 'src/modules/walks/review/service.ts', 'rankings stands lower than walks'],
    ['src/modules/novelties/service.ts', 'src/modules/walks/service.ts', 'does not say where novelties stands'],
    ['src/modules/walks/service.ts', 'src/measuring/measure-track.ts', null],
    ['src/modules/walks/service.ts', 'src/measuring/smoothing.ts', 'is entered through'],
    ['src/schedule.ts', 'src/modules/walks/jobs.ts', null],
    ['src/schedule.ts', 'src/modules/walks/service.ts', 'tasks may not import M/service'],
    ['src/novelty.ts', 'zod', 'does not say what src/novelty.ts is'],
    ['test/contract/schema.test.ts', 'src/db/schema/index.ts', null],
  ])('%s importing %s: %s', (from, to, fault) => {
    const said = faultOf(from, to, false)
    if (fault === null) expect(said).toBeNull()
    else expect(said).toContain(fault)
  })

  it('holds for types as well, but where a type is all that may be imported', () => {
    expect(faultOf('src/http/env.ts', 'src/deps.ts', true)).toBeNull()
    expect(faultOf('src/modules/photos/sql.ts', 'src/modules/photos/schema.ts', true)).toBeNull()
    expect(faultOf('src/modules/pets/service.ts', 'src/modules/walks/service.ts', true)).toContain('pets stands lower than walks')
    expect(faultOf('src/core/text.ts', 'src/deps.ts', true)).toContain('core may not import deps')
  })
})
