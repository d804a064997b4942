import { z } from 'zod'
import { toNumber } from '../public-data/numbers.ts'

export interface UvRow {
  /** Ten digits of an administrative region. */
  readonly area_code: string
  /** The index of every third hour from the base on. Null where nothing is forecast. */
  readonly hours: readonly (number | null)[]
}

const STEPS = Array.from({ length: 26 }, (_, step) => `h${step * 3}`)

const rowSchema = z.looseObject({
  areaNo: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.string().regex(/^\d{10}$/)),
})

export function readUvRows(items: readonly unknown[]): UvRow[] {
  return items.flatMap((item) => {
    const { data } = rowSchema.safeParse(item)
    return data ? { area_code: data.areaNo, hours: STEPS.map((step) => toNumber(data[step])) } : []
  })
}
