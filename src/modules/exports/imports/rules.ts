import { paragraphSchema } from '../../../core/text.ts'
import { DAY_MS } from '../../../core/time.ts'
import { MEMO_MAX } from '../../walks/schema.ts'
import { fileProblems } from './reading/refusal.ts'
import type { Sport } from './reading/tracks.ts'
import { type Entry, ENTRIES_MAX } from './reading/zip.ts'

/** What Cloudflare takes in one request on the plans that we know. */
export const UPLOAD_MAX_BYTES = 100 * 1_048_576
/** What all recordings of an archive may unpack to. */
export const UNPACKED_MAX_BYTES = 200 * 1_048_576
export const IMPORTS_A_DAY = 10
/** An import that has not gone on for so long never will. */
export const STUCK_MS = DAY_MS
/** How long objects of uploads stay that no import knows. An upload takes minutes. */
export const UPLOADS_KEPT_MS = 2 * DAY_MS
export const IMPORTS_KEPT_MS = 90 * DAY_MS

/** Each file takes one call for its content and one for its recording. */
export const FILES_A_PART = 10
/** After so many calls, or tracks, a part begins with no other file. One file may take a dozen calls, and what is around the files half a dozen. */
export const CALLS_A_PART = 20
export const TRACKS_A_PART = 20
/** A part ends when it has unpacked so much, so that none takes long. */
export const PART_BYTES = 40 * 1_048_576
/** A file that has ended its part so often without a word is given up. */
export const ATTEMPTS_MAX = 3

const trackReasons = ['no_times', 'no_track', 'in_future', 'impossible', 'too_short', 'not_walked', 'not_recorded', 'too_long'] as const
export const fileReasons = [...fileProblems, ...trackReasons, 'out_of_range', 'same_track', 'same_time'] as const
export type FileReason = (typeof fileReasons)[number]

/** Why a file is what it is, fit to show. */
export const FILE_DETAILS: Readonly<Record<FileReason, string>> = {
  unreadable: '파일이 손상되었거나 읽을 수 없어요.',
  unsupported_format: 'GPX, TCX, FIT 파일만 가져올 수 있어요.',
  unsupported_encoding: '파일의 문자 인코딩을 읽을 수 없어요.',
  encrypted: '암호가 걸린 파일은 가져올 수 없어요.',
  nested_archive: '압축 파일 안의 압축 파일은 가져올 수 없어요. 먼저 풀어 주세요.',
  too_large: '파일이 너무 커요.',
  too_many_points: '기록된 지점이 너무 많아요.',
  not_a_walk: '산책이 아닌 활동이에요.',
  no_times: '시각이 기록되어 있지 않아요.',
  no_track: '이동 경로가 없어요.',
  in_future: '미래의 기록이에요.',
  impossible: '위치나 시각이 올바르지 않아요.',
  too_short: '산책으로 세기에는 너무 짧아요.',
  not_walked: '걸어서 이동한 기록이 아니에요.',
  not_recorded: '실제로 기록한 경로가 아니에요.',
  too_long: '12시간이 넘는 기록이에요.',
  out_of_range: '선택한 기간의 기록이 아니에요.',
  same_track: '이미 가져온 산책이에요.',
  same_time: '같은 시간에 다른 산책이 있어요.',
}

export const importReasons = [
  'archive_unreadable',
  'archive_too_large',
  'archive_of_another',
  'unsupported_format',
  'nothing_found',
  'never_uploaded',
  'interrupted',
] as const
export type ImportReason = (typeof importReasons)[number]
export const IMPORT_DETAILS: Readonly<Record<ImportReason, string>> = {
  archive_unreadable: '압축 파일이 손상되었거나 읽을 수 없어요.',
  archive_too_large: `압축 파일에 파일이 ${String(ENTRIES_MAX)}개보다 많거나, 풀면 너무 커요.`,
  archive_of_another: '다른 계정의 데이터예요. 그 계정이 있거나 다른 사람이 이미 되살렸어요.',
  unsupported_format: '가져올 수 없는 파일이에요. GPX, TCX, FIT 파일이나 그 압축 파일을 올려 주세요.',
  nothing_found: '압축 파일에 가져올 기록이 없어요.',
  never_uploaded: '파일을 받지 못했어요. 새로 시작해 주세요.',
  interrupted: '가져오는 중에 문제가 생겼어요. 다시 시도해 주세요.',
}

/** Where a file of an import lies, and what is known of it. Null of a file that came alone. */
export interface FileEntry {
  readonly zip: Entry | null
  readonly sport: Sport | null
  readonly title: string | null
}

export const isRecording = (name: string) => /\.(gpx|tcx|fit)(\.gz)?$/i.test(name)
export const isArchive = (name: string) => /\.(zip|7z|rar|tar|tgz)$/i.test(name)
/** Macs add such files beside each real one. Names that begin with `./` or `../` are paths, which nothing here follows. */
export const isHidden = (name: string) => /(^|\/)(__MACOSX\/|\.(?!\.?\/))/.test(name)

/** Names are shown and nothing else. They may hold anything. */
export const shownName = (name: string) =>
  name
    .normalize('NFC')
    .slice(-200) // may cut a pair of surrogates, of which the next line takes the rest away
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, '')
    .trim() || '이름 없는 파일'

/** A text of a file as `jsonb` takes it: without NUL and halves of surrogate pairs. */
export const storable = (text: string) => text.replaceAll(/[\0\p{Cs}]/gu, '')

export const isWanted = (sport: Sport | null, { include_runs }: { include_runs: boolean }) =>
  sport === null || sport === 'walk' || (sport === 'run' && include_runs)

/** A title as a memo, or null where it cannot be one. */
export const titleOf = (title: string | null): string | null => (title && paragraphSchema(MEMO_MAX).safeParse(title).data) || null
