import { DAY_MS } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import { createImport, uploadImportFile } from '../../src/modules/exports/imports/service.ts'
import { shiftTrack } from '../track-changes.ts'
import { makeWalk, type Track } from '../tracks.ts'
import type { Owner } from './owners.ts'
import { petIdOf } from './pets.ts'
import type { Domain, Town } from './town.ts'

/** Who has walked with another app before. */
const IMPORTER = 1
const BEFORE_DAYS = [40, 33] as const

/** On the second day after they have joined, one neighbour brings two walks along that another app has recorded: as one GPX with two tracks. */
export const imports: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number, joins }) => number === IMPORTER && day.index === joins + 2)
    .map((owner) => ({ at: day.at(20.3), run: (deps: Deps) => bringWalks(town, deps, owner, day.at(9)) }))

async function bringWalks(town: Town, deps: Deps, owner: Owner, morning: Date): Promise<void> {
  const { actor } = town.resident(owner)
  const tracks = BEFORE_DAYS.map((days) => walkAt(morning.getTime() - days * DAY_MS, owner.number * 100 + days))
  const { id } = await createImport(deps, actor, {
    id: town.id('import', owner.number),
    kind: 'files',
    name: '지난 산책.gpx',
    pet_ids: [petIdOf(town, owner)],
  })
  await uploadImportFile(deps, actor, id, new Blob([gpxOf(tracks)]).stream())
}

function walkAt(startsAtMs: number, seed: number): Track {
  const { track } = makeWalk(seed, { is_hard: false, length_m: 1_400 })
  return shiftTrack(track, { time_ms: Math.round(startsAtMs - Math.min(...track.time_ms)) })
}

function gpxOf(tracks: readonly Track[]): string {
  const points = ({ lat, lng, time_ms }: Track) =>
    Array.from(
      time_ms,
      (at, i) => `<trkpt lat="${lat[i]!.toFixed(6)}" lon="${lng[i]!.toFixed(6)}"><time>${new Date(at).toISOString()}</time></trkpt>`,
    ).join('')
  return `<gpx version="1.1" creator="another app">${tracks.map((track) => `<trk><type>walking</type><trkseg>${points(track)}</trkseg></trk>`).join('')}</gpx>`
}
