import { ask, playIfThere } from './parts.ts'
import { check, say, type Session } from '../stage.ts'
import { HOME } from '../walking.ts'

const AROUND = [HOME.lng - 0.015, HOME.lat - 0.012, HOME.lng + 0.015, HOME.lat + 0.012].map((degrees) => degrees.toFixed(5)).join(',')

interface Heat {
  readonly cell_m: number
  readonly cells: { band: number }[]
  readonly computed_on: string | null
}

/** Where many walk, as far as that may be known: a neighbourhood of a few people is no crowd, so its map is empty, and stays so. */
export async function lookAtMap(session: Session): Promise<void> {
  await playIfThere('The heat map', ['/map/heatmap'], async () => {
    const { cells, cell_m } = await ask<Heat>(session, 'GET', `/map/heatmap?bbox=${AROUND}&zoom=16`)
    check(!JSON.stringify(cells).includes('user'), 'nobody in the heat map')
    say(
      `    ${cells.length} cells of ${cell_m} m; the walks of this week are in none of them, because fewer than five people with an older account walked there`,
    )
  })
  await playIfThere('Courses', ['/courses'], async () => {
    const { items } = await ask<{ items: { name: string; distance_m: number }[] }>(session, 'GET', `/courses?bbox=${AROUND}`)
    say(
      items.length === 0
        ? '    none yet: a course needs five people who walk it'
        : items
            .slice(0, 3)
            .map(({ name }) => `    ${name}`)
            .join('\n'),
    )
  })
}

/** A way of one's own, which is premium, and nobody else's business until it is published. */
export function keepCourse(session: Session, walkId: string): Promise<void> {
  return playIfThere('A course of one’s own', ['/courses', '/courses/{id}', '/courses/{id}/favorite'], async () => {
    const body = { id: crypto.randomUUID(), name: '라떼의 저녁 코스', walk_id: walkId }
    const course = await ask<{ id: string; name: string; is_mine: boolean; is_published: boolean }>(session, 'POST', '/courses', body)
    check(course.is_mine && !course.is_published, 'the course to be private')
    const { items } = await ask<{ items: { id: string }[] }>(session, 'GET', '/courses?filter=mine')
    check(items.length === 1 && items[0]?.id === course.id, 'the course among my own')
    say(`    ${course.name} is kept, for nobody else to see`)
  })
}
