import { escapeXml } from '../../core/xml.ts'
import type { LegalDocumentAnswer } from './schema.ts'

/** The page's only style. Its Content-Security-Policy names the hash. */
export const LEGAL_STYLE = `
:root{--paper:#fff;--ink:#2b211a;--muted:#6b5a4d;--line:#e6ddd3;--link:#a83e16}
@media (prefers-color-scheme:dark){:root{--paper:#14171f;--ink:#f0ede8;--muted:#a9b0c2;--line:#343b4c;--link:#ffd36e}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;background:var(--paper);color:var(--ink)}
body{max-width:44rem;margin:0 auto;padding:1.5rem 1.125rem 4rem;font-family:-apple-system,BlinkMacSystemFont,"Apple SD Gothic Neo","Noto Sans KR","Malgun Gothic",sans-serif;line-height:1.7;word-break:keep-all;overflow-wrap:anywhere}
h1{font-size:1.625rem;line-height:1.3;margin:0 0 .25rem}
h2{font-size:1.1875rem;line-height:1.4;margin:2.25rem 0 .5rem}
p,ul,ol,table{margin:.75rem 0}
ul,ol{padding-left:1.375rem}
li+li{margin-top:.25rem}
a{color:var(--link)}
.meta,footer{color:var(--muted);font-size:.9375rem}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
th,td{padding:.5rem .625rem;border:1px solid var(--line);text-align:left;vertical-align:top}
blockquote{margin:1rem 0;padding:.25rem 1rem;border-left:4px solid var(--link)}
@media print{:root{--paper:#fff;--ink:#000;--muted:#333;--line:#999;--link:#000}body{max-width:none;padding:0}footer{display:none}h2{break-after:avoid}}
`

/** `html` is the document's text. It is ours, so nothing in it has to be cleaned. */
export function legalPage({ title, effective_on, is_current, versions, document }: LegalDocumentAnswer, html: string): string {
  const day = `시행일 ${effective_on.replaceAll('-', '.')}`
  const older = versions.map(({ version, url }) => `<li><a href="${escapeXml(url)}">${escapeXml(version)}</a></li>`)
  return page(
    title,
    `<main>
${html
  .replaceAll('<table>', '<div class="scroll"><table>')
  .replaceAll('</table>', '</table></div>')
  .replace(
    '</h1>',
    `</h1>\n<p class="meta">${day}${is_current ? '' : ` (지금은 쓰지 않는 버전이에요. <a href="/legal/${document}">지금 버전 보기</a>)`}</p>`,
  )}
</main>
${versions.length > 1 ? `<footer>모든 버전<ul>${older.join('')}</ul></footer>` : ''}`,
  )
}

export function missingPage(): string {
  return page(
    '찾을 수 없는 문서',
    `<main>
<h1>찾을 수 없는 문서예요</h1>
<p>주소를 다시 확인해 주세요. <a href="/legal/service">서비스 이용약관 보기</a></p>
</main>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)} · 멍이랑</title>
<style>${LEGAL_STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`
}
