import { found } from '../../core/errors.ts'
import { sha256Hex } from '../../core/hash.ts'
import type { Deps } from '../../deps.ts'
import { currentVersion, documents, isVersion, pathOfDocument } from './documents.ts'
import { legalDocumentNotFound } from './errors.ts'
import { legalPage } from './page.ts'
import { type LegalDocument, type LegalDocumentAnswer, legalDocuments } from './schema.ts'

export async function getDocument(
  { assets }: Pick<Deps, 'assets'>,
  name: string,
  wanted: string | undefined,
): Promise<LegalDocumentAnswer> {
  const document = found(
    legalDocuments.find((it) => it === name),
    legalDocumentNotFound,
  )
  const version = wanted ?? currentVersion(document)
  if (!isVersion(document, version)) throw legalDocumentNotFound()
  const { title, is_required, versions } = documents[document]
  return {
    document,
    title,
    is_required,
    ...presentVersion(document, version),
    is_current: version === currentVersion(document),
    text: await readText(assets, document, version),
    versions: versions.map((it) => presentVersion(document, it)),
  }
}

const presentVersion = (document: LegalDocument, version: string) => ({
  version,
  effective_on: version,
  url: pathOfDocument(document, version),
})

/** Texts are deployed with the Worker and read when somebody asks, so they cost no start-up. */
async function readText(assets: Fetcher, document: LegalDocument, version: string): Promise<string> {
  const response = await assets.fetch(`https://assets/legal/${document}/${version}.md`)
  if (!response.ok) throw new Error(`the document ${document} ${version} is missing: ${response.status}`)
  return response.text()
}

/** The document as a page. The parser is loaded by the first page, because nothing else needs it. */
export async function renderPage(document: LegalDocumentAnswer): Promise<string> {
  const { marked } = await import('marked')
  return legalPage(document, await marked.parse(document.text))
}

export async function etagOf(body: string): Promise<string> {
  return `"${(await sha256Hex(body)).slice(0, 32)}"`
}
