/** Everything here is in metres on a plane: x east, y north. */
export type XY = readonly [x: number, y: number]

export const distance = (a: XY, b: XY): number => Math.hypot(a[0] - b[0], a[1] - b[1])
export const between = (a: XY, b: XY, share: number): XY => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
export const lengthOf = (line: readonly XY[]): number =>
  line.reduce((sum, point, i) => (i > 0 ? sum + distance(line[i - 1]!, point) : 0), 0)

export function turnedBy([x, y]: XY, angle: number): XY {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return [x * cos - y * sin, x * sin + y * cos]
}

/** mulberry32: the same seed, the same world. */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
export const gauss = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
export const oneOf = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!

/** The point `at_m` metres along a line. */
export function along(line: readonly XY[], at_m: number): XY {
  let left = at_m
  for (let i = 1; i < line.length; i++) {
    const step = distance(line[i - 1]!, line[i]!)
    if (left <= step && step > 0) return between(line[i - 1]!, line[i]!, Math.max(0, left) / step)
    left -= step
  }
  return line.at(-1)!
}

/** So many points at equal distances, both ends among them. */
export function resampled(line: readonly XY[], count: number): XY[] {
  const out: XY[] = []
  const step = lengthOf(line) / (count - 1)
  let passed = 0
  let i = 1
  for (let k = 0; k < count; k++) {
    const at = k * step
    while (i < line.length - 1 && passed + distance(line[i - 1]!, line[i]!) < at) passed += distance(line[i - 1]!, line[i++]!)
    const long = distance(line[i - 1]!, line[i]!)
    out.push(between(line[i - 1]!, line[i]!, long > 0 ? Math.min(1, (at - passed) / long) : 0))
  }
  return out
}

/** Error function (Abramowitz and Stegun 7.1.26), for the normal distribution. */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.3275911 * (Math.abs(z) / Math.SQRT2))
  const y = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp((-z * z) / 2)
  return z >= 0 ? (1 + y) / 2 : (1 - y) / 2
}

/** log Σ exp, without running out of numbers. */
export function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs)
  return most + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - most), 0))
}
