/**
 * The rules of the heat map (docs/product.md#heat-map), written down once more and slowly: from walks on the grid to bands of cells. Tests compare it with the
 * database, and the attackers of test/bench/privacy/ read what it publishes.
 */
export type GridXY = readonly [x: number, y: number]

export interface ModelWalk {
  readonly person: string
  /** In days, larger is later. */
  readonly day: number
  readonly path: readonly GridXY[]
  /** Of live rooms in which it was walked. */
  readonly rooms?: readonly string[]
}

export interface ModelTown {
  readonly today: number
  readonly walks: readonly ModelWalk[]
  /** Cells of 500 m in which somebody is hidden. */
  readonly hidden: ReadonlyMap<string, readonly GridXY[]>
  /** 0, 1 or 2: how many people more a cell takes. */
  readonly jitter: (x: number, y: number) => number
  /** Where its people live. */
  readonly kind?: 'city' | 'county'
}

const CELL_M = 32
const STEP_M = 16
const OFF_ENDS_M = 200
/** Around hidden cells nothing counts: where the owner lives in a dong, and where they live in the country or nobody knows. */
export const AROUND_M = { city: 400, county: 2_000 } as const
/** And so many cells of 500 m along the side of a square are hidden together. */
export const SQUARE_CELLS = { city: 2, county: 1 } as const
const HIDDEN_M = 500

/** The points of a way that may count, at most 16 m apart. */
export function shownPoints(path: readonly GridXY[], hidden: readonly GridXY[], kind: keyof typeof AROUND_M): GridXY[] {
  if (hidden.length === 0) return []
  const points: { at: GridXY; along: number }[] = []
  let along = 0
  for (let i = 1; i < path.length; i++) {
    const [[ax, ay], [bx, by]] = [path[i - 1]!, path[i]!]
    const length = Math.hypot(bx - ax, by - ay)
    const steps = Math.max(1, Math.ceil(length / STEP_M))
    for (let step = i === 1 ? 0 : 1; step <= steps; step++)
      points.push({ at: [ax + ((bx - ax) * step) / steps, ay + ((by - ay) * step) / steps], along: along + (length * step) / steps })
    along += length
  }
  const [around_m, side] = [AROUND_M[kind], SQUARE_CELLS[kind]]
  const boxes = hidden.map((cell) => cell.map((n) => Math.floor(n / side) * side * HIDDEN_M) as [number, number])
  const reach = (from: number, at: number) => at >= from - around_m && at <= from + side * HIDDEN_M + around_m
  const isHidden = ([x, y]: GridXY) => boxes.some(([west, south]) => reach(west, x) && reach(south, y))
  return points.filter((point) => point.along >= OFF_ENDS_M && point.along <= along - OFF_ENDS_M && !isHidden(point.at)).map(({ at }) => at)
}

export const cellKey = ([x, y]: GridXY): string => `${Math.floor(x / CELL_M)},${Math.floor(y / CELL_M)}`

/** What is published: the band of each cell. All walks of a town count, whoever asks first decides who contributes. */
export function publishedCells({ today, walks, hidden, jitter, kind = 'city' }: ModelTown): Map<string, number> {
  const days = new Map<string, Map<string, Set<number>>>()
  for (const { person, day, path } of walks) {
    if (today - day >= 365) continue
    for (const cell of new Set(shownPoints(path, hidden.get(person) ?? [], kind).map(cellKey))) {
      const people = days.get(cell) ?? new Map<string, Set<number>>()
      days.set(cell, people.set(person, (people.get(person) ?? new Set<number>()).add(day)))
    }
  }
  const rooms = [
    ...Map.groupBy(
      walks.flatMap(({ person, rooms = [] }) => rooms.map((room) => ({ person, room }))),
      ({ room }) => room,
    ).values(),
  ].map((members) => new Set(members.map(({ person }) => person)))
  const published = new Map<string, number>()
  for (const [cell, people] of days) {
    // Of a room's people the first by id counts.
    const counted = [...people.keys()].filter((person) =>
      rooms.every((room) => !room.has(person) || [...room].every((other) => other >= person || !people.has(other))),
    )
    const visits = counted.map((person) => people.get(person)!.size)
    const sum = visits.reduce((all, some) => all + some, 0)
    const all = new Set([...people.values()].flatMap((some) => [...some]))
    const [x, y] = cell.split(',').map(Number) as [number, number]
    if (counted.length >= 5 + jitter(x, y) && all.size >= 3 && Math.max(...visits) * 2 <= sum)
      published.set(cell, counted.length >= 50 ? 4 : counted.length >= 20 ? 3 : counted.length >= 10 ? 2 : 1)
  }
  return published
}
