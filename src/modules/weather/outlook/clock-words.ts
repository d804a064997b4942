import { seoulClock, seoulDate } from '../../../core/time.ts'

/** `오후 3시`, `낮 12시`, `내일 오전 7시`. Midnight is `밤 12시` and belongs to the day that ends with it. */
export function sayHour(at: Date, now: Date): string {
  const day = seoulDate(seoulClock(at).hour === 0 ? new Date(at.getTime() - 1) : at)
  const { half, hour } = partsOf(at)
  return `${day > seoulDate(now) ? '내일 ' : ''}${half} ${hour}`
}

/** `오전 10시~12시`, `오전 11시~오후 1시`. The end says no more than it must. */
export function saySpan(from: Date, to: Date, now: Date): string {
  const [start, end] = [partsOf(from), partsOf(to)]
  const goesOn = end.half === start.half || (end.half === '낮' && start.half === '오전') || (end.half === '밤' && start.half === '오후')
  return `${sayHour(from, now)}~${goesOn ? '' : `${end.half} `}${end.hour}`
}

function partsOf(at: Date): { half: string; hour: string } {
  const { hour } = seoulClock(at)
  return { half: hour === 0 ? '밤' : hour < 12 ? '오전' : hour === 12 ? '낮' : '오후', hour: `${hour % 12 || 12}시` }
}
