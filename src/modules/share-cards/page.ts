import type { Apps } from '../../core/apps.ts'
import { escapeXml } from '../../core/xml.ts'
import { PAW, pawTrail } from './motifs.ts'
import { pageStyle } from './page-style.ts'
import type { CardContent } from './picture.ts'
import { PREVIEW_HEIGHT, PREVIEW_WIDTH } from './preview.ts'
import { qrCode } from './qr-code.ts'
import { sketchPath } from './sketch-path.ts'
import { paletteOf, seasonOf } from './themes.ts'
import { deepLink, type Device, type Ways, waysIntoApp } from './ways.ts'
import { figuresOf, formatCalories, formatDay, formatDuration, formatKm, pageTitleOf, shownName } from './words.ts'

const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-60 -60 120 120"><circle r="60" fill="#FF8A3D"/><path d="${PAW}" fill="#fff" transform="scale(.74)"/></svg>`,
)}`

/** What the owner wants the page to say of them (docs/product.md#share-cards). */
export interface PageExtras {
  readonly nickname: string | null
  /** 서울특별시 강남구. It is never finer than a 시군구. */
  readonly region: string | null
  readonly photos: readonly { readonly url: string; readonly thumbnail_url: string }[]
}

export interface SharePage {
  readonly content: CardContent
  readonly extras: PageExtras
  /** The absolute addresses of the page and of its pictures. */
  readonly urls: { readonly page: string; readonly card: string; readonly preview: string; readonly pet: string | null }
  readonly token: string
  readonly apps: Apps
  readonly device: Device
}

export function sharePage(page: SharePage): string {
  const { content, extras, urls, token, apps, device } = page
  const title = pageTitleOf(content.pets)
  const season = seasonOf(content.day)
  const isForPhone = device === 'iphone' || device === 'android'
  const body = `<main>
<header>${brand()}<time datetime="${content.day}">${formatDay(content.day)}</time></header>
<div class="walk">
<div class="map">${map(content)}</div>
<div class="facts">
<div class="who">${urls.pet ? `<img class="pet" src="${pathOf(urls.pet)}" width="60" height="60" alt="">` : ''}<div><h1>${escapeXml(title)}</h1>${whose(extras)}</div></div>
${figures(content)}
${ways(waysIntoApp(apps, device, token))}
${badges(content)}${isForPhone ? '' : `<div class="qr">${qrCode(urls.page)}<p>휴대폰 카메라로 찍으면<br>휴대폰에서 볼 수 있어요</p></div>`}
</div>
</div>
${photos(extras)}<a class="card" href="${pathOf(urls.card)}">카드 이미지로 보기</a>
</main>
<footer>우리 아이와 걷는 모든 길, 멍이랑</footer>`
  return document({ title, head: previewTags(page, title), look: content.theme === 'season' ? season : content.theme, body })
}

export function lostPage({ apps, device }: Pick<SharePage, 'apps' | 'device'>): string {
  const body = `<main class="lost">
${PAW_MARK}
<h1>더 이상 볼 수 없는 산책이에요</h1>
<p class="note">링크가 삭제되었거나 주소가 잘못되었어요.</p>
${ways(waysIntoApp(apps, device, null))}
</main>
<footer>우리 아이와 걷는 모든 길, 멍이랑</footer>`
  return document({ title: '멍이랑', head: [], look: 'basic', body })
}

const PAW_MARK = `<svg viewBox="-60 -60 120 120" aria-hidden="true"><circle r="60" class="paw"/><path d="${PAW}" fill="#fff" transform="scale(.74)"/></svg>`
const brand = () => `<span class="brand">${PAW_MARK}멍이랑</span>`
const pathOf = (url: string) => escapeXml(url.slice(new URL(url).origin.length))

/** Its coordinates begin at 1,000, so that none can be taken for a latitude or a longitude. */
const MAP = { x: 1_000, y: 1_000, width: 720, height: 480 } as const
const MAP_EDGE = 30

function map({ sketch }: CardContent): string {
  const { x, y, width, height } = MAP
  const box = `viewBox="${x - MAP_EDGE} ${y - MAP_EDGE} ${width + 2 * MAP_EDGE} ${height + 2 * MAP_EDGE}"`
  if (!sketch) return `<svg ${box} role="img" aria-label="발자국">${pawTrail(x + width / 2, y + height / 2, 'var(--a)')}</svg>`
  const path = sketchPath(sketch, MAP)
  return `<svg ${box} role="img" aria-label="산책길의 모양"><defs><linearGradient id="way" gradientUnits="userSpaceOnUse" x1="${x}" y1="${y}" x2="${x + width}" y2="${y}"><stop class="from"/><stop class="to" offset="1"/></linearGradient></defs><path class="halo" d="${path}"/><path class="way" d="${path}"/></svg>`
}

function whose({ nickname, region }: PageExtras): string {
  const said = [nickname && `${nickname}님`, region].filter(Boolean).join(' · ')
  return said && `<p class="whose">${escapeXml(said)}</p>`
}

function figures({ distance_m, duration_sec, calories }: CardContent): string {
  const rows = [
    ['거리', `${formatKm(distance_m)} km`],
    ['시간', formatDuration(duration_sec)],
    ['칼로리', formatCalories(calories)],
  ] as const
  const shown = rows.filter(([, figure]) => figure !== null)
  return `<dl class="figures">${shown.map(([label, figure], i) => `<div${i === 0 ? ' class="long"' : ''}><dt>${label}</dt><dd>${figure}</dd></div>`).join('')}</dl>`
}

function badges({ badges: earned }: CardContent): string {
  if (earned.length === 0) return ''
  const items = earned.map(({ icon, name }) => `<li>${escapeXml(`${icon} ${shownName(name)}`)}</li>`)
  return `<ul class="badges" aria-label="이 산책에서 받은 뱃지">${items.join('')}</ul>`
}

function photos({ photos: shown }: PageExtras): string {
  if (shown.length === 0) return ''
  const items = shown.map(
    ({ url, thumbnail_url }, i) =>
      `<li><a href="${escapeXml(url)}"><img src="${escapeXml(thumbnail_url)}" width="400" height="400" loading="lazy" alt="산책 사진 ${i + 1}"></a></li>`,
  )
  const many = ['', ' one', ' two'][shown.length] ?? ''
  return `<ul class="photos${many}">${items.join('')}</ul>\n`
}

function ways({ buttons, note }: Ways): string {
  const links = buttons.map(({ label, href }) => `<a class="button" href="${escapeXml(href)}">${label}</a>`)
  return `${links.length > 0 ? `<div class="buttons">${links.join('')}</div>` : ''}${note ? `<p class="note">${note}</p>` : ''}`
}

/** What messengers and the system read. */
function previewTags({ content, urls, token, apps }: SharePage, title: string): string[] {
  const said = figuresOf(content).join(' · ')
  const alt = `${title}: ${said}`
  const { ios, android } = apps
  const properties = {
    'og:type': 'website',
    'og:site_name': '멍이랑',
    'og:locale': 'ko_KR',
    'og:url': urls.page,
    'og:title': `${title} 🐾`,
    'og:description': said,
    'og:image': urls.preview,
    'og:image:type': 'image/png',
    'og:image:width': String(PREVIEW_WIDTH),
    'og:image:height': String(PREVIEW_HEIGHT),
    'og:image:alt': alt,
    ...(ios.store_id && { 'al:ios:app_name': '멍이랑', 'al:ios:url': deepLink(token), 'al:ios:app_store_id': ios.store_id }),
    ...(android.store_id && { 'al:android:app_name': '멍이랑', 'al:android:package': android.store_id, 'al:android:url': deepLink(token) }),
  }
  const light = paletteOf(content.theme, seasonOf(content.day)).background[0]
  const names = {
    description: said,
    'twitter:card': 'summary_large_image',
    'twitter:title': `${title} 🐾`,
    'twitter:description': said,
    'twitter:image': urls.preview,
    'twitter:image:alt': alt,
    ...(ios.store_id && { 'apple-itunes-app': `app-id=${ios.store_id}, app-argument=${deepLink(token)}` }),
  }
  return [
    ...Object.entries(names).map(([name, value]) => `<meta name="${name}" content="${escapeXml(value)}">`),
    ...Object.entries(properties).map(([property, value]) => `<meta property="${property}" content="${escapeXml(value)}">`),
    ...themeColors(light),
  ]
}

function themeColors(light: string): string[] {
  const night = paletteOf('dark', 'spring').background[0]
  return [
    `<meta name="theme-color" media="(prefers-color-scheme: light)" content="${light}">`,
    `<meta name="theme-color" media="(prefers-color-scheme: dark)" content="${night}">`,
  ]
}

interface Document {
  readonly title: string
  readonly head: readonly string[]
  readonly look: string
  readonly body: string
}

function document({ title, head, look, body }: Document): string {
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${look === 'dark' ? 'dark' : 'light dark'}">
<meta name="robots" content="noindex">
<title>${escapeXml(title)}</title>
<link rel="icon" href="${ICON}">
${head.length > 0 ? head.join('\n') : themeColors(paletteOf('basic', 'spring').background[0]).join('\n')}
<style>${pageStyle()}</style>
</head>
<body class="${look}">
${body}
</body>
</html>
`
}
