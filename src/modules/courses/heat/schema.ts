import { z } from 'zod'
import { latSchema, lngSchema, numberIn } from '../../../core/fields.ts'
import { boxIn } from '../../places/schema.ts'
import { CELL_SIZES, CELLS_MAX } from './rules.ts'

const ZOOM_MAX = 22

export const getHeatmapQuery = z.object({
  bbox: boxIn.meta({
    type: 'string',
    description: '`west,south,east,north` in degrees. About what a screen shows',
    example: '127.03,37.54,127.05,37.55',
  }),
  zoom: numberIn(z.number().int().min(0).max(ZOOM_MAX)).meta({
    description: 'Of the map. Cells are 32 m wide from 16 on, 64 m at 15, 128 m at 14, and 256 m below',
  }),
})
export type GetHeatmapQuery = z.infer<typeof getHeatmapQuery>

export const heatmapSchema = z
  .object({
    cell_m: z.literal(CELL_SIZES).meta({ description: 'How wide a cell is' }),
    cells: z
      .array(
        z
          .object({
            lat: latSchema,
            lng: lngSchema,
            band: z.int().min(1).max(4).meta({ description: 'How many people walk there: 1 for 5 and more, 2 for 10, 3 for 20, 4 for 50' }),
          })
          .meta({ id: 'HeatCell', description: 'A cell by its middle' }),
      )
      .max(CELLS_MAX),
    computed_on: z.iso.date().nullable().meta({
      description:
        'The night that it was brought up to date, from walks of a year, and of the most walked places from the latest. Null before the first',
    }),
  })
  .meta({ id: 'Heatmap' })
export type Heatmap = z.infer<typeof heatmapSchema>
