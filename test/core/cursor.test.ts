import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createCursors, pagesOf } from '../../src/core/cursor.ts'

const cursors = createCursors('a secret that is long enough to seal')
const pages = pagesOf('things', z.tuple([z.int(), z.string()]))
const rows = [
  { rank: 1, name: '초코' },
  { rank: 2, name: '보리' },
]
const cursorOf = async (list = pages(cursors, 'one')) =>
  (await list.page(rows, 1, ({ rank, name }) => [rank, name])).next_cursor ?? expect.unreachable()
const invalid = { definition: { code: 'invalid_cursor', status: 422 } }

describe('a cursor', () => {
  it('brings back the position of the last row, where another page follows', async () => {
    const list = pages(cursors, 'one')
    expect(await list.after(await cursorOf())).toEqual([1, '초코'])
    expect(await list.after(undefined)).toBeNull()
    expect(await list.page(rows, 2, ({ rank, name }) => [rank, name])).toEqual({ items: rows, next_cursor: null })
  })

  it('is another one each time, and says nothing', async () => {
    const [one, other] = [await cursorOf(), await cursorOf()]
    expect(one).not.toBe(other)
    const bytes = Buffer.from(one, 'base64url')
    expect(bytes.includes('초코')).toBe(false)
    expect(() => JSON.parse(bytes.toString())).toThrow(SyntaxError)
  })

  it('of another list, of other things, of another secret, or changed, is refused', async () => {
    const cursor = await cursorOf()
    const strangers = [
      pages(cursors, 'two'),
      pages(cursors),
      pages(cursors, 'one', null),
      pagesOf('others', z.tuple([z.int(), z.string()]))(cursors, 'one'),
      pages(createCursors('another secret that is long enough to seal'), 'one'),
    ]
    for (const list of strangers) await expect(list.after(cursor)).rejects.toMatchObject(invalid)
    const changed = [...cursor].map((_, i) => `${cursor.slice(0, i)}${cursor[i] === 'A' ? 'B' : 'A'}${cursor.slice(i + 1)}`)
    const forged = [...changed.slice(0, -1), '', 'x', 'W10', btoa('[1,"x"]'), cursor.slice(0, 20)]
    for (const one of forged) await expect(pages(cursors, 'one').after(one)).rejects.toMatchObject(invalid)
  })

  it('with a position of another shape, as after a change of the list, is refused', async () => {
    const before = pagesOf('things', z.tuple([z.string()]))(cursors, 'one')
    const { next_cursor } = await before.page(rows, 1, ({ name }) => [name])
    await expect(pages(cursors, 'one').after(next_cursor!)).rejects.toMatchObject(invalid)
  })
})
