/** 1 좋음, 2 보통, 3 나쁨, 4 매우나쁨. */
export type Grade = 1 | 2 | 3 | 4

export type Pollutant = 'pm10' | 'pm25'

/** The highest value of the first three grades, in micrograms a cubic metre. */
const STEPS: Record<Pollutant, readonly [good: number, moderate: number, bad: number]> = { pm10: [30, 80, 150], pm25: [15, 35, 75] }

/** Always follows from the value. The source's own grades are missing beside values, and stand beside missing values. */
export function gradeOf(pollutant: Pollutant, value: number | null): Grade | null {
  if (value === null) return null
  const passed = STEPS[pollutant].filter((highest) => value > highest).length
  return (passed + 1) as Grade
}
