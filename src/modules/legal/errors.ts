import { defineError } from '../../core/errors.ts'

export const legalDocumentNotFound = defineError({
  code: 'legal_document_not_found',
  status: 404,
  title: 'No such document, or no such version of it',
  detail: '찾을 수 없는 문서예요.',
})
export const unknownDocumentVersion = defineError({
  code: 'unknown_document_version',
  status: 422,
  title: 'Nobody can agree to a version that was never published. `documents` says which of the decisions',
  detail: '약관이 바뀌었어요. 다시 읽고 동의해 주세요.',
})
