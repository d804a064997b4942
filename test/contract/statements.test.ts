import { describe, expect, it } from 'vitest'
import { folders } from '../../src/core/folders.ts'
import { type Declaration, declarations, files, isFunction, namedIn, parametersOf, says } from '../support/sources.ts'

const nameOf = ({ path, name }: Declaration) => `${path}#${name}`
const SQL = /((queries|sql)\.ts|\.sql)$/
const statements = declarations.filter((one) => one.path.endsWith('queries.ts') && one.isExported && isFunction(one))
const decisions = declarations.filter((one) => /(service|jobs)\.ts$/.test(one.path) && isFunction(one))

const takesCaller = (one: Declaration) => /(\bactor|\}): Actor\b/.test(parametersOf(one))

describe('a statement for a signed-in person', () => {
  const theirs = statements.filter(takesCaller)

  it('asks `viewer` whether the session is live, or says `// public: why`', () => {
    expect(theirs.length).toBeGreaterThan(50)
    expect(theirs.filter((one) => !says(one, /\b(viewer|lockViewer)\(|\/\/ public: /, SQL)).map(nameOf)).toEqual([])
  })

  it('is given whom it is for by the service that they call', () => {
    const calls = decisions.filter(takesCaller).flatMap((decision) => namedIn(decision).map((called) => ({ decision, called })))
    const asked = calls.filter(({ called }) => statements.includes(called))
    expect(asked.length).toBeGreaterThan(50)
    const anonymous = asked.filter(({ called }) => !takesCaller(called) && !called.comment.includes('// public: '))
    expect(anonymous.map(({ decision, called }) => `${nameOf(decision)} asks ${nameOf(called)}`)).toEqual([])
  })
})

it('whatever names one person to another asks `isBlocked`, or says `// blocked too: why`', () => {
  // The viewer's own name is no other's; nor is one that is only compared.
  const naming = statements.filter((one) => says(one, /\b(?!viewer|newcomer)(?<!lower\()\w+\.nickname\b(?! (=|IS))/, SQL))
  expect(naming.length).toBeGreaterThan(10)
  expect(naming.filter((one) => !says(one, /\b(isBlocked|is_blocked)\(|\/\/ blocked too: /, SQL)).map(nameOf)).toEqual([])
})

it('who learns of `liveRooms` that may show something else now has them look again', () => {
  const telling = statements.filter((one) => says(one, /\b(liveRooms|sharedRooms|roomsOfDates)\(/, SQL))
  const callers = decisions.filter((decision) => namedIn(decision).some((called) => telling.includes(called)))
  expect(callers.length).toBeGreaterThan(8)
  expect(callers.filter((one) => !says(one, /\brecheckRooms\(/, /service\.ts$/)).map(nameOf)).toEqual([])
  // Nor is there one that nobody calls.
  expect(telling.filter((one) => !callers.some((caller) => namedIn(caller).includes(one))).map(nameOf)).toEqual([])
})

it('every key in R2 is made of a folder of core/folders.ts, all of which the purge of an account goes through', () => {
  const byHand = new RegExp(`['"\`](${folders.join('|')})/`)
  const others = Object.entries(files).filter(([path, text]) => path !== 'src/core/folders.ts' && byHand.test(text))
  expect(others.map(([path]) => path)).toEqual([])
  const purge = declarations.find((one) => one.path === 'src/modules/users/jobs.ts' && one.name === 'purgeUser')
  expect(purge?.text).toMatch(/= folders\.map\(\(folder\) => [^]*deleteFolders\(/)
})
