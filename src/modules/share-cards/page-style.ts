import { type Palette, paletteOf, type Season, type Theme } from './themes.ts'

const LOOKS: Readonly<Record<string, readonly [Theme, Season]>> = {
  basic: ['basic', 'spring'],
  dark: ['dark', 'spring'],
  spring: ['season', 'spring'],
  summer: ['season', 'summer'],
  autumn: ['season', 'autumn'],
  winter: ['season', 'winter'],
}

/** The page's only style. Its Content-Security-Policy names the hash, so it is the same for every walk. It is made when a page is first asked for. */
export function pageStyle(): string {
  return (style ??= `${looks()}${RULES}`)
}

let style: string | undefined

/** The colours of the card, and by night those of its dark theme. */
function looks(): string {
  const light = Object.entries(LOOKS).map(([look, of]) => `.${look}{${colours(paletteOf(...of))}}`)
  return `${light.join('\n')}\n@media (prefers-color-scheme:dark){body[class]{${colours(paletteOf('dark', 'spring'))}}}`
}

function colours({ background, panel, panelLine, dots, ink, muted, route, halo, pill, pillInk }: Palette): string {
  const named = {
    from: background[0],
    to: background[1],
    panel,
    line: panelLine,
    dots,
    ink,
    muted,
    a: route[0],
    b: route[1],
    halo,
    pill,
    accent: pillInk,
  }
  return Object.entries(named)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';')
}

const RULES = `
*{box-sizing:border-box;margin:0;padding:0}
html{-webkit-text-size-adjust:100%;background:var(--to)}
body{min-height:100vh;min-height:100svh;font-family:-apple-system,BlinkMacSystemFont,"Apple SD Gothic Neo","Noto Sans KR","Malgun Gothic",sans-serif;line-height:1.45;word-break:keep-all;overflow-wrap:anywhere;display:flex;flex-direction:column;align-items:center;gap:1.5rem;padding:.875rem 1.125rem 1.75rem;background:linear-gradient(var(--from),var(--to)) no-repeat var(--to);color:var(--ink);-webkit-font-smoothing:antialiased}
a{color:inherit}
main{width:100%;max-width:27rem;margin:auto 0;display:flex;flex-direction:column;gap:.875rem}
header{display:flex;justify-content:space-between;align-items:center;gap:1rem;font-size:.9375rem}
.brand{display:flex;align-items:center;gap:.5rem;font-weight:800;font-size:1.0625rem}
.brand svg{width:1.625rem;height:1.625rem}
time{color:var(--muted);font-weight:500}
.walk,.facts{display:flex;flex-direction:column;gap:.875rem}
.map{height:clamp(6rem,100svh - 25.5rem,19rem);border-radius:1.5rem;border:1px solid var(--line);background:radial-gradient(var(--dots) 1.5px,transparent 2px) 0 0/18px 18px var(--panel);overflow:hidden}
.map svg{display:block;width:100%;height:100%;padding:1.25rem}
.halo{stroke:var(--halo);stroke-width:44}
.way{stroke:url(#way);stroke-width:18}
.halo,.way{fill:none;stroke-linecap:round;stroke-linejoin:round}
.from{stop-color:var(--a)}
.to{stop-color:var(--b)}
.paw{fill:var(--a)}
.who{display:flex;align-items:center;gap:.875rem}
.pet{flex:none;width:3.75rem;height:3.75rem;border-radius:50%;border:3px solid var(--panel);outline:2px solid var(--a);object-fit:cover;background:var(--halo)}
h1{font-size:1.25rem;line-height:1.3;font-weight:800;letter-spacing:-.01em}
.whose{margin-top:.125rem;font-size:.9375rem;color:var(--muted)}
.figures{display:flex;align-items:flex-end;gap:1.25rem}
.figures dt{font-size:.8125rem;color:var(--muted);font-weight:500}
.figures dd{font-size:1.1875rem;line-height:1.3;font-weight:800;white-space:nowrap}
.figures .long dd{font-size:2rem;line-height:1.1;letter-spacing:-.02em}
.buttons{display:flex;flex-wrap:wrap;gap:.625rem}
.button{flex:1 1 auto;padding:.8125rem 1rem;border-radius:1rem;text-align:center;text-decoration:none;font-weight:700;font-size:1rem;background:var(--panel);color:var(--ink);border:1px solid var(--line)}
.button:first-child{background:var(--accent);color:var(--pill);border-color:transparent;font-size:1.0625rem}
.note{font-size:.9375rem;color:var(--muted)}
.badges{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none}
.badges li{padding:.3125rem .75rem;border-radius:2rem;border:1px solid var(--line);background:var(--pill);color:var(--accent);font-size:.875rem;font-weight:700}
.photos{display:grid;grid-template-columns:repeat(3,1fr);gap:.5rem;list-style:none}
.photos img{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:cover;border-radius:.875rem;background:var(--halo)}
.photos.one{grid-template-columns:1fr}
.photos.two{grid-template-columns:1fr 1fr}
.photos.one img{aspect-ratio:4/3}
.qr{display:none;align-items:center;gap:1rem;padding:.875rem;border-radius:1.25rem;background:var(--panel);border:1px solid var(--line);font-size:.9375rem}
.qr svg{flex:none;width:7.5rem;height:7.5rem;border-radius:.5rem}
.card{font-size:.9375rem;color:var(--muted);text-underline-offset:.2em;align-self:center}
footer{font-size:.8125rem;color:var(--muted);text-align:center}
a:focus-visible{outline:3px solid currentColor;outline-offset:3px}
.lost{margin:auto 0;text-align:center;align-items:center;gap:.5rem}
.lost .buttons{width:100%;margin-top:1rem}
.lost svg{width:4.5rem;height:4.5rem;margin-bottom:.5rem}
@media (orientation:landscape) and (max-height:32rem) and (min-width:36rem){
main{max-width:54rem}
.walk{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.05fr);gap:1.5rem;align-items:center}
.map{height:calc(100svh - 5.25rem);min-height:11rem}
.lost{max-width:27rem}
}
@media (min-width:60rem) and (min-height:34rem){
main{max-width:60rem;gap:1.5rem}
.walk{display:grid;grid-template-columns:minmax(0,1.1fr) minmax(0,1fr);gap:2.5rem;align-items:center}
.map{height:30rem;border-radius:2rem}
.map svg{padding:2.5rem}
.facts{gap:1.25rem}
.pet{width:5rem;height:5rem}
h1{font-size:1.75rem}
.figures{gap:2rem}
.figures .long dd{font-size:2.75rem}
.figures dd{font-size:1.375rem}
.photos,.photos.one,.photos.two{grid-template-columns:repeat(6,1fr)}
.photos.one,.photos.two{grid-template-columns:repeat(3,1fr)}
.photos.one img,.photos.two img{aspect-ratio:3/2}
.lost{max-width:27rem}
}
@media (min-width:60rem) and (min-height:34rem) and (pointer:fine){.qr{display:flex}}
@media print{body{background:none}.buttons,.qr,.card{display:none}}
`
