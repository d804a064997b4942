/** A cell of 32 m on the grid. */
export type Cell = readonly [x: number, y: number]

export interface CourseLine {
  /** Middles of published cells, in cells. A loop ends where it begins. */
  readonly cells: readonly Cell[]
  readonly distance_m: number
  readonly is_loop: boolean
}

const CELL_M = 32
const POINTS_MAX = 80
const PIECE_MIN_M = 300
const JOINED_M = 150
const SURVIVING_SHARE = 0.7
/** Cells beside each other make steps; a line within this distance of them is as true. */
const SMOOTHED_M = 24
const SMOOTHED_STEP = 1.5

const keyOf = ([x, y]: Cell): string => `${x},${y}`
const apartM = (a: Cell, b: Cell): number => Math.hypot(a[0] - b[0], a[1] - b[1]) * CELL_M

export function lengthM(cells: readonly Cell[]): number {
  let sum = 0
  for (let i = 1; i < cells.length; i++) sum += apartM(cells[i - 1]!, cells[i]!)
  return sum
}

/**
 * The line of a course: the way of a walk where its cells are published, and nothing of the walk besides. `way` are the cells that it passes, in pieces. `null` where
 * too little of it is left.
 */
export function courseLine(way: readonly (readonly Cell[])[], isPublished: (cell: Cell) => boolean): CourseLine | null {
  const pieces = way.flatMap((piece) => publishedPieces(piece, isPublished))
  const longest = joined(pieces)
    .filter((piece) => lengthM(piece) >= PIECE_MIN_M)
    .reduce<readonly Cell[]>((best, piece) => (lengthM(piece) > lengthM(best) ? piece : best), [])
  const whole = way.reduce((sum, piece) => sum + lengthM(piece), 0)
  if (longest.length === 0 || lengthM(longest) < SURVIVING_SHARE * whole) return null
  const is_loop = apartM(longest[0]!, longest.at(-1)!) <= JOINED_M
  const closed = is_loop && apartM(longest[0]!, longest.at(-1)!) > 0 ? [...longest, longest[0]!] : longest
  const cells = simplified(closed)
  return { cells, distance_m: Math.round(lengthM(cells)), is_loop }
}

/** The stretches of a way that are published, without standing still. */
function publishedPieces(way: readonly Cell[], isPublished: (cell: Cell) => boolean): Cell[][] {
  const pieces: Cell[][] = []
  let piece: Cell[] | null = null
  for (const cell of way) {
    if (!isPublished(cell)) {
      piece = null
    } else if (!piece) {
      piece = [cell]
      pieces.push(piece)
    } else if (keyOf(piece.at(-1)!) !== keyOf(cell)) piece.push(cell)
  }
  return pieces
}

/** Pieces whose ends are close are one. */
function joined(pieces: readonly (readonly Cell[])[]): Cell[][] {
  const joined: Cell[][] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (last && apartM(last.at(-1)!, piece[0]!) <= JOINED_M) last.push(...piece)
    else joined.push([...piece])
  }
  return joined
}

/** Fewer of the same cells, so that steps become straight, and 80 at most. */
function simplified(cells: readonly Cell[]): Cell[] {
  for (let tolerance = SMOOTHED_M; ; tolerance *= SMOOTHED_STEP) {
    const kept = withoutDetours(cells, tolerance / CELL_M)
    if (kept.length <= POINTS_MAX) return kept
  }
}

/** Douglas and Peucker, in cells. */
function withoutDetours(cells: readonly Cell[], tolerance: number): Cell[] {
  const keeps = new Uint8Array(cells.length)
  keeps[0] = keeps[cells.length - 1] = 1
  const open: [number, number][] = [[0, cells.length - 1]]
  for (let range = open.pop(); range; range = open.pop()) {
    const [from, to] = range
    let far = tolerance
    let at = -1
    for (let i = from + 1; i < to; i++) {
      const away = outside(cells[i]!, cells[from]!, cells[to]!)
      if (away > far) [far, at] = [away, i]
    }
    if (at === -1) continue
    keeps[at] = 1
    open.push([from, at], [at, to])
  }
  return cells.filter((_, i) => keeps[i])
}

function outside([x, y]: Cell, [ax, ay]: Cell, [bx, by]: Cell): number {
  const [dx, dy] = [bx - ax, by - ay]
  const squared = dx * dx + dy * dy
  const t = squared === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / squared))
  return Math.hypot(ax + t * dx - x, ay + t * dy - y)
}

/** Wide cells of 64 m that a line passes, in steps of half a cell. */
export function wideCells(line: readonly Cell[]): Set<string> {
  const cells = new Set<string>()
  for (let i = 0; i < line.length; i++) {
    const [a, b] = [line[Math.max(0, i - 1)]!, line[i]!]
    const steps = Math.max(1, Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) * 2))
    for (let step = 0; step <= steps; step++)
      cells.add(`${Math.floor((a[0] + ((b[0] - a[0]) * step) / steps) / 2)},${Math.floor((a[1] + ((b[1] - a[1]) * step) / steps) / 2)}`)
  }
  return cells
}

/** How much of what either passes both pass. With a `reach` a cell counts that has one of the other so many cells away. */
export function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>, reach = 0): number {
  const both = Math.min(one.intersection(widened(other, reach)).size, other.intersection(widened(one, reach)).size)
  return both / (one.size + other.size - both)
}

function widened(cells: ReadonlySet<string>, reach: number): ReadonlySet<string> {
  if (reach === 0) return cells
  const wider = new Set<string>()
  for (const cell of cells) {
    const [x, y] = cell.split(',').map(Number) as [number, number]
    for (let dx = -reach; dx <= reach; dx++) for (let dy = -reach; dy <= reach; dy++) wider.add(`${x + dx},${y + dy}`)
  }
  return wider
}

/** What a course is called: its place, and how far it is. */
export function nameOf(place: string, { distance_m, is_loop }: Pick<CourseLine, 'distance_m' | 'is_loop'>): string {
  const rest = ` ${(distance_m / 1_000).toFixed(1)}km ${is_loop ? '한 바퀴' : '코스'}`
  return `${[...place].slice(0, 40 - rest.length).join('')}${rest}`
}
