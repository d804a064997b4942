import { z } from 'zod'
import { defineError } from '../../core/errors.ts'
import { uuidSchema } from '../../core/fields.ts'

export const walkNotFound = defineError({
  code: 'walk_not_found',
  status: 404,
  title: 'No such walk',
  detail: '산책 기록을 찾을 수 없어요.',
})
export const walkAlreadyActive = defineError({
  code: 'walk_already_active',
  status: 409,
  title: 'Another walk is active. `walk_id` says which',
  detail: '이미 진행 중인 산책이 있어요.',
  members: { walk_id: uuidSchema.optional().meta({ description: 'Of `walk_already_active`: the walk to go on with, or to end' }) },
})
export const walkOverlap = defineError({
  code: 'walk_overlap',
  status: 409,
  title: 'It overlaps in time with another valid walk of the same person',
  detail: '같은 시간에 기록된 산책이 이미 있어요.',
})
export const walkTimeInvalid = defineError({
  code: 'walk_time_invalid',
  status: 422,
  title: 'It lies in the future, ends before it starts, or began more than 30 days ago',
  detail: '산책 시간을 확인해 주세요.',
})
export const mapTooCloseToHome = defineError({
  code: 'too_close_to_home',
  status: 409,
  title: 'The map of this walk must stay closed, because it comes near where its owner often walks, or of their privacy zone',
  detail: '자주 산책하는 곳이나 내 보호 구역과 가까워서 지도를 공개할 수 없어요.',
})
export const tooEarlyForMap = defineError({
  code: 'too_early_for_map',
  status: 409,
  title: 'The map of a walk may be opened a fortnight after it, when its owner’s usual places are known',
  detail: '산책한 날부터 14일이 지나면 지도를 공개할 수 있어요.',
})
export const tooFewWalksForMap = defineError({
  code: 'too_few_walks_for_map',
  status: 409,
  title: 'Maps must stay closed until ten valid walks tell where their owner usually walks',
  detail: '산책을 10번 이상 기록한 뒤에 지도를 공개할 수 있어요.',
})
export const importedWalkStays = defineError({
  code: 'imported_walk_not_shareable',
  status: 409,
  title: 'An imported walk is for its owner alone and cannot be shared to the feed',
  detail: '가져온 산책은 피드에 공유할 수 없어요.',
})
export const recordingImpossible = defineError({
  code: 'recording_impossible',
  status: 422,
  title: 'No phone records like this; `impossibility` says what is wrong. Nothing has changed, so the app can mend it and send it again',
  detail: '산책 기록의 형식이 올바르지 않아요.',
  members: {
    impossibility: z
      .enum(['times_in_seconds', 'times_elsewhere', 'axes_swapped', 'precision_too_low', 'precision_too_high', 'out_of_world'])
      .meta({ id: 'Impossibility' })
      .optional()
      .meta({ description: 'Of `recording_impossible`: what the app wrote wrongly' }),
  },
})
