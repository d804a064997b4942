import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import type { MadePhoto, Region } from './photos.ts'

/** Makes photos as phones do, and looks into photos that came out. Tests inside workerd cannot do this themselves. */
export async function startPhotoLab() {
  const server = createServer((request, response) => {
    answer(request).then(
      ({ type, body }) => response.writeHead(200, { 'Content-Type': type }).end(body),
      (error: unknown) => response.writeHead(422).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, stop: () => new Promise<void>((resolve) => void server.close(() => resolve())) }
}

async function answer(request: IncomingMessage): Promise<{ type: string; body: Buffer | string }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const sent = Buffer.concat(chunks)
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://lab')
  if (pathname === '/make') return { type: 'application/octet-stream', body: await make(JSON.parse(sent.toString())) }
  const regions = JSON.parse(searchParams.get('regions') ?? '[]') as Region[]
  return { type: 'application/json', body: JSON.stringify(await inspect(sent, regions)) }
}

/** Seoul's city hall. These numbers must never come out again. */
const GPS = {
  GPSLatitudeRef: 'N',
  GPSLatitude: '37/1 33/1 5912/100',
  GPSLongitudeRef: 'E',
  GPSLongitude: '126/1 58/1 4021/100',
  GPSAltitude: '38/1',
  GPSDateStamp: '2026:11:24',
}
const XMP = `<?xpacket begin="\u{feff}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="37,33.9853N" exif:GPSLongitude="126,58.6702E"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

async function make({
  width,
  height,
  format,
  orientation,
  has_gps,
  has_profile,
  is_animated,
  is_plain,
  quality = 85,
}: MadePhoto): Promise<Buffer> {
  const half = { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) }
  const background = { r: 60, g: 120, b: 90 }
  const noise = { type: 'gaussian', mean: 128, sigma: 6 } as const
  // The red at the top left shows which way up the photo is. The noise makes it as large as a photo.
  const red = await sharp({ create: { ...half, channels: 3, background: '#e02020' } })
    .png()
    .toBuffer()
  const pages = is_animated ? 3 : 1
  const create = { width, height: height * pages, channels: 3, background } as const
  let image = sharp({ create: is_plain ? create : { ...create, noise } }).composite([{ input: red, left: 0, top: 0 }])
  if (is_animated) image = sharp(await image.raw().toBuffer(), { raw: { width, height: height * pages, channels: 3, pageHeight: height } })
  if (has_profile) image = image.withIccProfile('p3')
  if (orientation) image = image.withMetadata({ orientation })
  if (has_gps) image = image.withExifMerge({ IFD0: { Make: 'Galaxy', Model: 'SM-S921N' }, IFD3: GPS }).withXmp(XMP)
  if (format === 'png') return image.png().toBuffer()
  if (format === 'webp') return image.webp({ quality }).toBuffer()
  if (format === 'gif') return image.gif().toBuffer()
  if (format === 'avif') return image.avif({ effort: 0 }).toBuffer()
  return image.jpeg({ quality, progressive: format === 'progressive-jpeg' }).toBuffer()
}

async function inspect(file: Buffer, regions: readonly Region[]) {
  const { format, width, height, orientation, exif, xmp, icc, iptc } = await sharp(file).metadata()
  // This turns the photo as a browser shows it.
  const upright = await sharp(file).autoOrient().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  const colors = regions.map((region) => meanColor(upright.data, upright.info, region))
  return {
    format,
    width,
    height,
    orientation: orientation ?? 1,
    has_metadata: Boolean(exif ?? xmp ?? iptc),
    has_profile: Boolean(icc),
    colors,
  }
}

function meanColor(data: Buffer, { width, channels }: { width: number; channels: number }, [left, top, across, down]: Region) {
  const sums = [0, 0, 0]
  let distinct = 0
  let previous = -1
  for (let y = top; y < top + down; y++) {
    for (let x = left; x < left + across; x++) {
      const at = (y * width + x) * channels
      for (const channel of [0, 1, 2]) sums[channel]! += data[at + channel]!
      const color = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!
      if (color !== previous) distinct++
      previous = color
    }
  }
  return { mean: sums.map((sum) => Math.round(sum / (across * down))), changes: distinct }
}
