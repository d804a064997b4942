import { encode } from 'uqr'

/** The address as SVG, dark on white whatever the page's colours, because some cameras read no other. */
export function qrCode(url: string): string {
  const { data, size } = encode(url, { ecc: 'M', border: 3 })
  const runs = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => {
      if (!isDark || row[x - 1]) return []
      const end = row.indexOf(false, x)
      return [`M${x} ${y}h${(end < 0 ? size : end) - x}`]
    }),
  )
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="이 페이지의 QR 코드"><rect width="${size}" height="${size}" fill="#fff"/><path d="${runs.join('')}" transform="translate(0 .5)" stroke="#000"/></svg>`
}
