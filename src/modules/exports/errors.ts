import { z } from 'zod'
import { defineError } from '../../core/errors.ts'
import { instantSchema, uuidSchema } from '../../core/fields.ts'

export const exportNotFound = defineError({
  code: 'export_not_found',
  status: 404,
  title: 'No such archive, or it is kept no more',
  detail: '찾을 수 없거나 보관 기간이 지난 데이터예요.',
})

export const exportMadeAlready = defineError({
  code: 'export_made_already',
  status: 409,
  title: 'An archive was asked for within the last 24 hours. The member `export` is that one',
  detail: '데이터 내보내기는 하루에 한 번 할 수 있어요.',
  members: { export: z.looseObject({ id: uuidSchema, state: z.string(), created_at: instantSchema }) },
})
