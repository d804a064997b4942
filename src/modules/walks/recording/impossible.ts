import type { AppError } from '../../../core/errors.ts'
import { type Clock, type Impossibility, impossibilityOf, type Track } from '../../../measuring/measure-track.ts'
import { recordingImpossible } from '../errors.ts'

const DETAILS: Record<Impossibility, string> = {
  times_in_seconds: '시각이 밀리초가 아니라 초 단위로 기록되어 있어요. 앱을 업데이트한 뒤 다시 시도해 주세요.',
  times_elsewhere: '기록된 시각이 미래이거나 너무 오래되었어요. 휴대폰의 시간 설정을 확인해 주세요.',
  axes_swapped: '위도와 경도가 서로 바뀌어 기록되어 있어요. 앱을 업데이트한 뒤 다시 시도해 주세요.',
  precision_too_low: '경로의 정밀도(precision) 값이 실제보다 작아요. 앱을 업데이트한 뒤 다시 시도해 주세요.',
  precision_too_high: '경로의 정밀도(precision) 값이 실제보다 커요. 앱을 업데이트한 뒤 다시 시도해 주세요.',
  out_of_world: '지구 위에 없는 좌표가 기록되어 있어요. 앱을 업데이트한 뒤 다시 시도해 주세요.',
}

/** The error for a recording that no phone can have made, before its answer would become final; null for any other. */
export function impossibleRecording(track: Track, clock: Clock): AppError | null {
  const impossibility = impossibilityOf(track, clock)
  return impossibility && recordingImpossible({ detail: DETAILS[impossibility], extensions: { impossibility } })
}
