/** The birth date of a pet of this age, if `today` is its birthday. In a shorter month the 31st becomes the last day. Dates are `YYYY-MM-DD`. */
export function approximateBirthDate(today: string, { years, months }: { years: number; months: number }): string {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
  const monthsSinceZero = (year - years) * 12 + month - 1 - months
  const birthYear = Math.floor(monthsSinceZero / 12)
  const birthMonth = monthsSinceZero % 12
  const lastDay = new Date(Date.UTC(birthYear, birthMonth + 1, 0)).getUTCDate()
  return new Date(Date.UTC(birthYear, birthMonth, Math.min(day, lastDay))).toISOString().slice(0, 10)
}
