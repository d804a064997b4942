import { html } from 'htm/preact'

/** Corners are rounded at the middle of each side, and a loop is closed, as on the share card. */
export function Sketch({ sketch }) {
  if (!sketch) return html`<span class="paws" aria-label="모양으로 그리기에는 짧아요">🐾</span>`
  const [wide, high] = [0, 1].map((k) => Math.max(1, ...sketch.map((corner) => corner[k])))
  const scale = 96 / Math.max(wide, high)
  const corners = sketch.map(([x, y]) => [60 + (x - wide / 2) * scale, 60 - (y - high / 2) * scale])
  const middle = ([ax, ay], [bx, by]) => [(ax + bx) / 2, (ay + by) / 2]
  const isLoop = String(corners[0]) === String(corners.at(-1))
  const inner = isLoop ? corners.slice(1) : corners.slice(1, -1)
  const end = isLoop ? middle(inner.at(-1), inner[0]) : corners.at(-1)
  const curves = inner.map((corner, i) => `Q${corner} ${i + 1 < inner.length ? middle(corner, inner[i + 1]) : end}`)
  return html`<svg viewBox="0 0 120 120" role="img" aria-label="길의 모양">
    <path d=${`M${isLoop ? end : corners[0]}${curves.join('')}`} />
  </svg>`
}
