import type { Client } from '../../../client/src/index.ts'
import { check, say, step } from '../stage.ts'
import { HOME } from '../walking.ts'

const AROUND = [HOME.lng - 0.015, HOME.lat - 0.012, HOME.lng + 0.015, HOME.lat + 0.012].map((degrees) => degrees.toFixed(5)).join(',')

/** Where many walk, as far as that may be known: a neighbourhood of a few people is no crowd, so its map is empty, and stays so. */
export async function lookAtMap(client: Client): Promise<void> {
  step('The heat map')
  const { cells, cell_m, computed_on } = await client.get('/map/heatmap', { query: { bbox: AROUND, zoom: 16 } })
  check(!/user|pet|walk/.test(JSON.stringify(cells)), 'nobody in the heat map')
  say(`    ${cells.length} cells of ${cell_m} m${computed_on ? `, of ${computed_on}` : ''}`)
  say('    the walks of this week are in none of them: fewer than five people with an older account walked there')

  step('Courses')
  const { items } = await client.get('/courses', { query: { bbox: AROUND } })
  for (const { name } of items.slice(0, 3)) say(`    ${name}`)
  if (items.length === 0) say('    none yet: a course needs five people who walk it')
}

/** A way of one's own, which is premium, and nobody else's business until it is published. */
export async function keepCourse(client: Client, walkId: string): Promise<void> {
  step('A course of one’s own')
  const body = { id: client.newId(), name: '라떼의 저녁 코스', walk_id: walkId }
  const course = await client.post('/courses', { body })
  check(course.is_mine && !course.is_published, 'the course to be private')
  const mine = await client.get('/courses', { query: { filter: 'mine' } })
  check(mine.items.length === 1 && mine.items[0]?.id === course.id, 'the course among my own')
  await client.put('/courses/{id}/favorite', { path: { id: course.id } })
  const favorites = await client.get('/courses', { query: { filter: 'favorites' } })
  check(favorites.items[0]?.is_favorite === true, 'the course among the favourites')
  say(`    ${course.name} is kept, for nobody else to see`)
}
