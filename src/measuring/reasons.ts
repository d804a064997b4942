import type { Position } from '../core/geo.ts'
import type { Dropped } from './clean.ts'
import { LINK, type Linked } from './links.ts'
import type { Ride } from './figures.ts'
import type { Fixes } from './track.ts'

/** Why a track was refused or is not ranked, which part of it does not count, or what else is worth knowing. The key of the number that decided names its unit. */
export interface Reason {
  readonly code: RefusalCode | ExclusionCode
  readonly effect: 'refused' | 'unranked' | 'excluded' | 'noted'
  /** Of `gps_spoofing`: which sign gave it away. */
  readonly rule?: SpoofingRule
  /** A Korean sentence fit to show. */
  readonly detail: string
  /** First and last point concerned, counted in the order sent. */
  readonly from_index?: number
  readonly to_index?: number
  readonly from_at?: string
  readonly to_at?: string
  readonly from?: Position
  readonly to?: Position
  readonly speed_kmh?: number
  readonly distance_m?: number
  readonly duration_sec?: number
  readonly interval_sec?: number
  readonly share?: number
  readonly count?: number
}

export const refusalCodes = ['minimum_distance', 'speed_too_high', 'route_missing', 'gps_spoofing'] as const
export const exclusionCodes = ['vehicle', 'teleport', 'glitch', 'gap', 'dropped_points'] as const
/** `replay` is found by comparing recordings (`areCopies`). */
export const spoofingRules = ['mock', 'teleports', 'too_even', 'replay'] as const
export type RefusalCode = (typeof refusalCodes)[number]
export type ExclusionCode = (typeof exclusionCodes)[number]
export type SpoofingRule = (typeof spoofingRules)[number]

type Refusal =
  | { code: 'minimum_distance'; distance_m: number }
  | { code: 'speed_too_high'; speed_kmh: number }
  | { code: 'route_missing'; points: number }
  | { code: 'gps_spoofing'; rule: 'mock'; share: number }
  | { code: 'gps_spoofing'; rule: 'teleports'; count: number }
  | { code: 'gps_spoofing'; rule: 'too_even'; share: number }
  | { code: 'gps_spoofing'; rule: 'replay'; distance_m: number }

/** What may only be likely. */
type Doubt = Extract<Refusal, { code: 'speed_too_high' | 'gps_spoofing' }>

/** Of each kind of stretch so many are listed one by one; the rest is one reason with their number. */
const MOST_LISTED = 12

/** Collects reasons, refusals first and then doubts, never more than about fifty. */
export class ReasonList {
  private readonly fixes: Fixes
  private readonly refused: Reason[] = []
  private readonly doubted: Reason[] = []
  private readonly excluded: Reason[] = []

  constructor(fixes: Fixes) {
    this.fixes = fixes
  }

  get isRefused(): boolean {
    return this.refused.length > 0
  }

  list(): Reason[] {
    return [...this.refused, ...this.doubted, ...this.excluded]
  }

  get isUnranked(): boolean {
    return this.doubted.length > 0
  }

  refuse(refusal: Refusal): void {
    this.refused.push(refusalReason(refusal))
  }

  /** What is likely and not sure: the walk counts for its owner and is not ranked. */
  doubt(doubt: Doubt): void {
    this.doubted.push({ ...refusalReason(doubt), effect: 'unranked', detail: DOUBT_DETAILS[doubt.code] })
  }

  addDropped(dropped: Dropped): void {
    const say = (count: number, why: string) => {
      if (count > 0) this.excluded.push({ code: 'dropped_points', effect: 'excluded', detail: `${why} 점 ${count}개를 제외했어요.`, count })
    }
    say(dropped.out_of_world, '좌표가 올바르지 않은')
    say(dropped.bad_time, '시간이 올바르지 않은')
    say(dropped.before_start, '산책을 시작하기 전의')
    say(dropped.inaccurate, '위치 오차가 50m를 넘거나 알 수 없는')
    say(dropped.after_end, '12시간이 지난 뒤의')
  }

  addGlitches(glitches: number, jumps: number): void {
    const count = glitches + jumps
    if (count > 0)
      this.excluded.push({ code: 'glitch', effect: 'excluded', detail: `위치가 순간적으로 튄 ${count}곳을 제외했어요.`, count })
  }

  addLinks(linked: Linked): void {
    const { fixes, link } = linked
    const teleports: number[] = []
    const gaps: number[] = []
    for (let i = 1; i < fixes.count; i++) {
      if (link[i] === LINK.teleport) teleports.push(i)
      else if (link[i] === LINK.hole || link[i] === LINK.bridged) gaps.push(i)
    }
    this.addEach(teleports, (i) => ({
      code: 'teleport',
      effect: 'excluded',
      detail: '걸어서 갈 수 없는 먼 곳으로 위치가 옮겨져 그 사이 거리는 세지 않았어요.',
      ...this.between(i - 1, i),
      distance_m: Math.round(this.apart(i)),
    }))
    this.addEach(gaps, (i) => {
      const isWalked = link[i] === LINK.bridged
      return {
        code: 'gap',
        effect: isWalked ? 'noted' : 'excluded',
        detail: isWalked ? '기록이 끊긴 동안은 곧장 걸은 것으로 세었어요.' : '기록이 끊긴 사이의 거리와 시간은 세지 않았어요.',
        ...this.between(i - 1, i),
        duration_sec: Math.round(fixes.t[i]! - fixes.t[i - 1]!),
      }
    })
  }

  addRides(rides: readonly Ride[]): void {
    this.addEach(rides, (ride) => ({
      code: 'vehicle',
      effect: 'excluded',
      detail: '탈것으로 이동한 것으로 보이는 구간을 제외했어요.',
      ...this.between(ride.from, ride.to),
      speed_kmh: Math.round(36 * ride.top_speed_mps) / 10,
      distance_m: Math.round(ride.distance_m),
    }))
  }

  private addEach<T>(of: readonly T[], reason: (one: T) => Reason): void {
    for (const one of of.slice(0, MOST_LISTED)) this.excluded.push(reason(one))
    if (of.length <= MOST_LISTED) return
    const { code, effect, detail } = reason(of[MOST_LISTED]!)
    const count = of.length - MOST_LISTED
    this.excluded.push({ code, effect, detail: `${detail} (외 ${count}곳)`, count })
  }

  private between(a: number, b: number): Pick<Reason, 'from_index' | 'to_index' | 'from_at' | 'to_at' | 'from' | 'to'> {
    const { index, time_ms: time, lng, lat } = this.fixes
    return {
      from_index: index[a]!,
      to_index: index[b]!,
      from_at: new Date(time[a]!).toISOString(),
      to_at: new Date(time[b]!).toISOString(),
      from: [lng[a]!, lat[a]!],
      to: [lng[b]!, lat[b]!],
    }
  }

  private apart(i: number): number {
    return Math.hypot(this.fixes.x[i]! - this.fixes.x[i - 1]!, this.fixes.y[i]! - this.fixes.y[i - 1]!)
  }
}

function refusalReason(refusal: Refusal): Reason {
  switch (refusal.code) {
    case 'minimum_distance':
      return {
        code: refusal.code,
        effect: 'refused',
        detail: '500m 미만 산책은 기록이 저장되지 않습니다.',
        distance_m: Math.round(refusal.distance_m),
      }
    case 'speed_too_high':
      return {
        code: refusal.code,
        effect: 'refused',
        detail: '탈것으로 이동한 구간을 빼면 걸은 거리가 500m보다 짧아요.',
        speed_kmh: Math.round(10 * refusal.speed_kmh) / 10,
      }
    case 'route_missing':
      return { code: refusal.code, effect: 'refused', detail: '산책 경로를 확인할 수 있는 위치 기록이 부족해요.', count: refusal.points }
    case 'gps_spoofing': {
      const { code, rule, ...value } = refusal
      return { code, effect: 'refused', rule, detail: SPOOFING_DETAILS[rule], ...value }
    }
  }
}

const DOUBT_DETAILS: Record<Doubt['code'], string> = {
  speed_too_high: '탈것과 비슷한 속도여서 순위에는 넣지 않았어요. 산책 기록은 그대로 남아요.',
  gps_spoofing: '위치 기록이 실제 측정인지 확실하지 않아 순위에는 넣지 않았어요. 산책 기록은 그대로 남아요.',
}

const SPOOFING_DETAILS: Record<SpoofingRule, string> = {
  mock: '가짜 위치로 표시된 기록이 있어 산책으로 인정할 수 없어요.',
  teleports: '위치가 여러 번 먼 곳으로 순간 이동해 산책으로 인정할 수 없어요.',
  too_even: '속도가 사람이 걸었다고 보기에는 지나치게 일정해요.',
  replay: '이미 등록된 산책과 같은 기록이에요.',
}
