/** Floored, as on the share card. */
export const kilometres = (metres) => `${(Math.floor((metres ?? 0) / 10) / 100).toFixed(2)} km`
export const farAway = (metres) => (metres < 1_000 ? `${metres} m` : kilometres(metres))
export const coordinates = ({ lat, lng }) => `${lat.toFixed(5)}, ${lng.toFixed(5)}`

export function duration(seconds) {
  const whole = Math.round(seconds ?? 0)
  const two = (value) => String(value).padStart(2, '0')
  return `${Math.floor(whole / 3_600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

export function clock(instant, isExact = false) {
  return new Date(instant).toLocaleTimeString('ko-KR', {
    timeZone: 'Asia/Seoul',
    hour12: false,
    hour: '2-digit',
    minute: '2-digit',
    ...(isExact && { second: '2-digit' }),
  })
}

/** How long ago, as people say it. Of some walks others know the day alone. */
export function ago(instant, precision) {
  const days = Math.floor((Date.now() - Date.parse(instant)) / 86_400_000)
  if (precision === 'day') return days === 0 ? '오늘' : `${days}일 전`
  const minutes = Math.floor((Date.now() - Date.parse(instant)) / 60_000)
  if (minutes < 1) return '방금'
  if (minutes < 60) return `${minutes}분 전`
  return minutes < 1_440 ? `${Math.floor(minutes / 60)}시간 전` : `${Math.floor(minutes / 1_440)}일 전`
}

/** A value of a badge's metric, which has its unit at the end of its name. */
export function amount(value, metric) {
  if (metric?.endsWith('_m')) return kilometres(value)
  if (metric?.endsWith('_sec')) return `${Math.floor(value / 60)}분`
  if (metric?.endsWith('_days')) return `${value}일`
  return String(value)
}

export const won = (amount) => `${amount.toLocaleString('ko-KR')}원`

/** A day of Seoul's calendar. */
export const date = (instant) =>
  new Date(instant).toLocaleDateString('ko-KR', { timeZone: 'Asia/Seoul', year: 'numeric', month: 'numeric', day: 'numeric' })

/** Such as `12. 5. (토) 15:30`. */
export const dayAndTime = (instant) =>
  `${new Date(instant).toLocaleDateString('ko-KR', { timeZone: 'Asia/Seoul', month: 'numeric', day: 'numeric', weekday: 'short' })} ${clock(instant)}`
