import { escapeXml } from '../../core/xml.ts'
import { CARD_HEIGHT, CARD_WIDTH, type CardContent, cardUrl, formatDuration, formatKm, titleOf } from './card.ts'
import { PAW } from './motifs.ts'
import { paletteOf, seasonOf } from './themes.ts'

const ANDROID_PACKAGE = 'com.withbowwow.app'
const PLAY_STORE = `https://play.google.com/store/apps/details?id=${ANDROID_PACKAGE}`

const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-60 -60 120 120"><circle r="60" fill="#FF8A3D"/><path d="${PAW}" fill="#fff" transform="scale(.74)"/></svg>`,
)}`

export interface SharePage {
  readonly content: CardContent
  /** The absolute address of the page. */
  readonly url: string
  /** Opens the app. It says no more than the page's own address. */
  readonly deep_link: string
  /** The app's number in the App Store, or null before it has one. */
  readonly app_store_id: string | null
}

/** The page's only style. Its Content-Security-Policy names the hash. */
export const PAGE_STYLE = `
*{box-sizing:border-box;margin:0}
html{-webkit-text-size-adjust:100%}
body{min-height:100vh;min-height:100svh;font-family:-apple-system,BlinkMacSystemFont,"Apple SD Gothic Neo","Noto Sans KR","Malgun Gothic",sans-serif;line-height:1.5;word-break:keep-all;display:flex;flex-direction:column;align-items:center;padding:20px 20px 40px;background:#fff3e3;color:#38271b;-webkit-font-smoothing:antialiased}
body.dark{background:#12151f;color:#f7f5f0}
body.spring{background:#ffe6ed;color:#4a2233}
body.summer{background:#d3f1fa;color:#0e3a4a}
body.autumn{background:#fde8cb;color:#43230f}
body.winter{background:#e3ebfb;color:#1d2a4a}
main{width:100%;max-width:400px;display:flex;flex-direction:column;align-items:center}
.card{display:block;width:100%;max-width:min(340px,calc((100svh - 260px)*.5625));min-width:236px;height:auto;aspect-ratio:9/16;border-radius:24px;background:rgba(255,255,255,.4);box-shadow:0 18px 44px rgba(40,24,10,.18)}
h1{font-size:22px;line-height:1.35;font-weight:800;text-align:center;margin-top:24px;overflow-wrap:anywhere}
.figures{margin-top:6px;font-size:15px;opacity:.72;text-align:center}
.open,.get{display:block;width:100%;text-align:center;text-decoration:none;border-radius:16px;font-weight:700}
.open{margin-top:22px;padding:16px;font-size:17px;background:#d9480f;color:#fff;box-shadow:0 8px 20px rgba(217,72,15,.28)}
.stores{display:flex;gap:10px;width:100%;margin-top:10px}
.get{flex:1;padding:13px 8px;font-size:15px;background:rgba(255,255,255,.72);color:#38271b}
.dark .get{background:#2b3146;color:#f7f5f0}
footer{margin-top:26px;font-size:13px;opacity:.6;text-align:center}
.open:focus-visible,.get:focus-visible{outline:3px solid currentColor;outline-offset:3px}
.lost{margin:auto 0;text-align:center}
.lost p{margin-top:8px;opacity:.72}
`

export function sharePage({ content, url, deep_link, app_store_id }: SharePage): string {
  const title = titleOf(content.pets)
  const figures = figuresOf(content)
  const season = seasonOf(content.day)
  const look = content.theme === 'season' ? season : content.theme
  const appStore = app_store_id && `https://apps.apple.com/kr/app/id${app_store_id}`
  const image = cardUrl(url)
  const alt = [`${title}: ${figures.join(', ')}`, ...content.badges.map(({ name }) => `${name} 뱃지 획득`)].join(', ')
  const meta = {
    'og:type': 'website',
    'og:site_name': '멍이랑',
    'og:locale': 'ko_KR',
    'og:url': url,
    'og:title': `${title} 🐾`,
    'og:description': figures.join(' · '),
    'og:image': image,
    'og:image:type': 'image/png',
    'og:image:width': String(CARD_WIDTH),
    'og:image:height': String(CARD_HEIGHT),
    'og:image:alt': alt,
    'al:ios:app_name': '멍이랑',
    'al:ios:url': deep_link,
    ...(app_store_id && { 'al:ios:app_store_id': app_store_id }),
    'al:android:app_name': '멍이랑',
    'al:android:package': ANDROID_PACKAGE,
    'al:android:url': deep_link,
  }
  const tags = Object.entries(meta).map(([property, value]) => `<meta property="${property}" content="${escapeXml(value)}">`)
  const names = {
    description: figures.join(' · '),
    robots: 'noindex',
    'theme-color': paletteOf(content.theme, season).background[0],
    'twitter:card': 'summary_large_image',
    ...(app_store_id && { 'apple-itunes-app': `app-id=${app_store_id}, app-argument=${deep_link}` }),
  }
  const named = Object.entries(names).map(([name, value]) => `<meta name="${name}" content="${escapeXml(value)}">`)
  const body = `<main>
<img class="card" src="${escapeXml(image.slice(new URL(image).origin.length))}" width="${CARD_WIDTH}" height="${CARD_HEIGHT}" alt="${escapeXml(alt)}" fetchpriority="high">
<h1>${escapeXml(title)}</h1>
<p class="figures">${escapeXml([content.day.replaceAll('-', '.'), ...figures].join(' · '))}</p>
<a class="open" href="${escapeXml(deep_link)}">멍이랑 앱에서 보기</a>
<div class="stores">${appStore ? `<a class="get" href="${appStore}">App Store</a>` : ''}<a class="get" href="${PLAY_STORE}">${appStore ? 'Google Play' : '앱 받기'}</a></div>
</main>
<footer>우리 아이와 걷는 모든 길, 멍이랑</footer>`
  return document(title, [...named, ...tags].join('\n'), look, body)
}

export function lostPage(): string {
  const body = `<main class="lost">
<h1>더 이상 볼 수 없는 산책이에요</h1>
<p>링크가 삭제되었거나 주소가 잘못되었어요.</p>
<a class="open" href="${PLAY_STORE}">멍이랑 알아보기</a>
</main>`
  return document('멍이랑', '<meta name="robots" content="noindex">', 'basic', body)
}

function figuresOf({ distance_m, duration_sec, calories }: CardContent): string[] {
  return [`${formatKm(distance_m)}km`, formatDuration(duration_sec), ...(calories === null ? [] : [`${calories}kcal`])]
}

function document(title: string, head: string, look: string, body: string): string {
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<link rel="icon" href="${ICON}">
${head}
<style>${PAGE_STYLE}</style>
</head>
<body class="${look}">
${body}
</body>
</html>
`
}
