import { defineError } from '../../../core/errors.ts'
import { uuidSchema } from '../../../core/fields.ts'

export const importNotFound = defineError({
  code: 'import_not_found',
  status: 404,
  title: 'No such import',
  detail: '가져오기를 찾을 수 없어요.',
})
export const importRunning = defineError({
  code: 'import_running',
  status: 409,
  title: 'Another import is running. `import_id` says which',
  detail: '다른 가져오기가 진행 중이에요. 끝난 뒤에 다시 시도해 주세요.',
  members: { import_id: uuidSchema.optional().meta({ description: 'Of `import_running`: the import that is running' }) },
})
export const importOver = defineError({
  code: 'import_over',
  status: 409,
  title: 'The import has its file already, or waits for none any more',
  detail: '이미 파일을 받았거나 끝난 가져오기예요. 새로 시작해 주세요.',
})
export const tooManyImports = defineError({
  code: 'too_many_imports',
  status: 429,
  title: 'At most ten imports a day',
  detail: '하루에 열 번까지 가져올 수 있어요. 내일 다시 시도해 주세요.',
})
export const importFileTooLarge = defineError({
  code: 'import_file_too_large',
  status: 413,
  title: 'The file is larger than 100 MiB',
  detail: '100MB까지 올릴 수 있어요. 파일을 나누어 주세요.',
})
export const importFileMissing = defineError({
  code: 'import_file_missing',
  status: 422,
  title: 'The body is empty',
  detail: '가져올 파일을 보내 주세요.',
})
