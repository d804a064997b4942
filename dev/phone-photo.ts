import sharp from 'sharp'

/** The position in the photo's EXIF, in degrees, minutes and seconds. */
const GPS = { GPSLatitudeRef: 'N', GPSLatitude: '37/1 32/1 3984/100', GPSLongitudeRef: 'E', GPSLongitude: '127/1 2/1 1464/100' }

const DOG = `<svg xmlns="http://www.w3.org/2000/svg" width="1008" height="756" viewBox="0 0 400 300">
<rect width="400" height="300" fill="#bfe3f5"/><circle cx="330" cy="60" r="34" fill="#ffe08a"/>
<path d="M0 190Q110 150 210 185T400 175V300H0Z" fill="#8fc47e"/><path d="M0 230Q140 205 400 240V300H0Z" fill="#76b066"/>
<ellipse cx="200" cy="262" rx="86" ry="70" fill="#fff6ea"/><circle cx="200" cy="165" r="74" fill="#fffaf2"/>
<path d="M136 120Q104 128 112 196Q120 226 142 210Z" fill="#e9cfae"/><path d="M264 120Q296 128 288 196Q280 226 258 210Z" fill="#e9cfae"/>
<circle cx="174" cy="158" r="9" fill="#3a2a20"/><circle cx="226" cy="158" r="9" fill="#3a2a20"/>
<ellipse cx="200" cy="186" rx="14" ry="10" fill="#3a2a20"/><path d="M200 196V206M200 206Q184 220 174 208M200 206Q216 220 226 208" stroke="#3a2a20" stroke-width="5" fill="none" stroke-linecap="round"/>
<path d="M191 214Q200 240 209 214Z" fill="#f08a8a"/></svg>`

/** A photo of twelve megapixels as an upright phone makes it: stored on its side, with orientation, place and device in EXIF. */
export function takePhonePhoto(): Promise<Buffer> {
  return sharp(Buffer.from(DOG))
    .rotate(270)
    .resize(4_032, 3_024, { fit: 'cover' })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Make: 'Galaxy', Model: 'SM-S921N' }, IFD3: GPS })
    .jpeg({ quality: 90 })
    .toBuffer()
}
