import { initWasm, Resvg } from '@resvg/resvg-wasm'
import resvg from '@resvg/resvg-wasm/index_bg.wasm'

let isReady = false

/** Draws SVG as PNG. A card takes about 0.1 s of CPU. */
export async function rasterize(svg: string, fonts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  if (!isReady) {
    // Two requests may come here at once. The second call then fails with "Already initialized".
    await initWasm(resvg).catch((error: unknown) => {
      if (!String(error).includes('Already initialized')) throw error
    })
    isReady = true
  }
  // Nothing is awaited from here on, so no other request can come in before the memory is freed.
  const drawing = new Resvg(svg, { font: { fontBuffers: [...fonts], loadSystemFonts: false, defaultFontFamily: 'Noto Sans KR' } })
  const image = drawing.render()
  try {
    return new Uint8Array(image.asPng())
  } finally {
    image.free()
    drawing.free()
  }
}
