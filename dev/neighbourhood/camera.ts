import sharp from 'sharp'
import type { Owner } from './owners.ts'
import type { Camera } from './town.ts'

const SKIES = ['#bfe3f5', '#fbe3c0', '#d9d4f2', '#c9e7d3', '#f6d5dc']
const GRASS = ['#8fc47e', '#b9b06a', '#c98f56', '#7fae8c']
const COATS = ['#fffaf2', '#e0b27c', '#6b4a35', '#2f2a2a', '#c9c4bd', '#d98b4a']
const pick = <T>(from: readonly T[], number: number): T => from[number % from.length]!

/** Draws the pet as a photo: each pet with its own coat, and each photo with another sky and another place. */
export const draw: Camera = async ({ number: owner, pets }: Owner, photo: number) => {
  const species = pets[photo]?.species ?? 'dog'
  const coat = pick(COATS, owner + (photo < 10 ? photo : 0))
  const x = 150 + ((owner * 37 + photo * 53) % 110)
  const ears =
    species === 'dog'
      ? '<path d="M-66-40Q-98-30-90 36Q-80 64-58 48Z"/><path d="M66-40Q98-30 90 36Q80 64 58 48Z"/>'
      : species === 'cat'
        ? '<path d="M-64-38L-58-100L-16-66Z"/><path d="M64-38L58-100L16-66Z"/>'
        : '<path d="M-46-50Q-60-150-30-150Q-8-140-14-62Z"/><path d="M46-50Q60-150 30-150Q8-140 14-62Z"/>'
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720" viewBox="0 0 400 300">
<rect width="400" height="300" fill="${pick(SKIES, owner + photo)}"/><circle cx="${(60 + photo * 91) % 380}" cy="52" r="28" fill="#ffe9a8"/>
<path d="M0 ${180 + (photo % 4) * 8}Q110 150 210 185T400 175V300H0Z" fill="${pick(GRASS, photo)}"/>
<g transform="translate(${x} 165)" fill="${coat}"><ellipse cy="98" rx="84" ry="70"/>${ears}<circle r="72"/>
<g fill="#fff"><circle cx="-26" cy="-6" r="13"/><circle cx="26" cy="-6" r="13"/></g><g fill="#241a15"><circle cx="-26" cy="-6" r="9"/><circle cx="26" cy="-6" r="9"/><ellipse cy="22" rx="14" ry="10"/></g>
<path d="M-9 48Q0 72 9 48Z" fill="#f08a8a"/></g></svg>`
  return new Uint8Array(await sharp(Buffer.from(svg)).jpeg({ quality: 82 }).toBuffer())
}
