/** Google's encoded polylines of precision 5. */
const FACTOR = 1e5

export function decode(text) {
  const line = []
  let [at, lat, lng] = [0, 0, 0]
  const next = () => {
    let [value, shift, bits] = [0, 0, 0x20]
    while (bits >= 0x20) {
      bits = text.charCodeAt(at++) - 63
      value |= (bits & 0x1f) << shift
      shift += 5
    }
    return value & 1 ? ~(value >> 1) : value >> 1
  }
  while (at < text.length) {
    lat += next()
    lng += next()
    line.push({ lat: lat / FACTOR, lng: lng / FACTOR })
  }
  return line
}

export function encode(line) {
  let text = ''
  let before = [0, 0]
  for (const { lat, lng } of line) {
    const now = [Math.round(lat * FACTOR), Math.round(lng * FACTOR)]
    for (const [k, value] of now.entries()) {
      const step = value - before[k]
      let bits = step < 0 ? ~(step << 1) : step << 1
      for (; bits >= 0x20; bits >>= 5) text += String.fromCharCode((0x20 | (bits & 0x1f)) + 63)
      text += String.fromCharCode(bits + 63)
    }
    before = now
  }
  return text
}
