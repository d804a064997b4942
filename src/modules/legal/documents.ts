import type { LegalDocument } from './schema.ts'

interface Published {
  readonly title: string
  /** Whether nobody can use the service without agreeing to it. */
  readonly is_required: boolean
  /** The day from which each version applies, the newest first. Old versions stay, because consents name them. Texts lie in `assets/legal/{document}/{version}.md`. */
  readonly versions: readonly [string, ...string[]]
}

export const documents: Readonly<Record<LegalDocument, Published>> = {
  service: { title: '서비스 이용약관', is_required: true, versions: ['2026-12-01', '2026-01-01'] },
  privacy: { title: '개인정보 처리방침', is_required: true, versions: ['2026-12-08', '2026-12-01', '2026-01-01'] },
  location: { title: '위치기반서비스 이용약관', is_required: true, versions: ['2026-12-08', '2026-01-01'] },
  marketing: { title: '마케팅 정보 수신 동의', is_required: false, versions: ['2026-01-01'] },
  night_marketing: { title: '야간 마케팅 정보 수신 동의', is_required: false, versions: ['2026-01-01'] },
  business: { title: '사업자 정보', is_required: false, versions: ['2026-01-01'] },
  contact: { title: '문의하기', is_required: false, versions: ['2026-01-01'] },
}

/** The version in force. */
export const currentVersion = (document: LegalDocument): string => documents[document].versions[0]

export const isVersion = (document: LegalDocument, version: string): boolean => documents[document].versions.includes(version)

/** Its address on this API. A browser gets it as a page. */
export const pathOfDocument = (document: LegalDocument, version?: string): string =>
  `/legal/${document}${version ? `?version=${version}` : ''}`
