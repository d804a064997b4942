import { expect, it } from 'vitest'
import { declarations, files } from '../support/sources.ts'

/**
 * Imported walks count in history and statistics, and for nothing that is earned or that others see. Whatever reads `walks` therefore says which walks it means by naming
 * their `source`, or stands here with the reason why it need not.
 */
const NEED_NOT: Readonly<Record<string, readonly string[]>> = {
  'ranked walks alone, and no imported walk is ranked (walks_imported_alone)': [
    'notify_ranks',
    'src/modules/rankings/hall/queries.ts#hasDoubt',
    'src/modules/rankings/hall/queries.ts#listCandidates',
    'src/modules/rankings/hall/queries.ts#bestOf',
    'src/modules/walks/review/queries.ts#lowerToUnranked',
  ],
  'shared walks alone, and no imported walk is shared (walks_imported_alone)': [
    'fold_post',
    'sees_post',
    'is_temporarily_closed',
    'like_answer',
    'target_author',
    'target_content',
    'visible_target',
    'walk_cards_json',
    'src/modules/photos/queries.ts#isForOthers',
    'src/modules/social/follows/list.queries.ts#latestOf',
    'src/modules/social/follows/list.queries.ts#listFollows',
  ],
  'walks that a recording completes': [
    'answer_walk',
    'completion_json',
    'src/modules/walks/purge.queries.ts#endWalksActiveSince',
    'src/modules/walks/purge.queries.ts#nextForgottenWalk',
    'src/modules/walks/queries.ts#findActiveWalk',
    'src/modules/walks/start/queries.ts#startWalk',
    'src/modules/walks/start/queries.ts#insertWalk',
  ],
  'walks with a trace to compare, and an imported walk has none': [
    'refuse_copy',
    'walks_alike',
    'src/modules/walks/copies/queries.ts#listUncompared',
  ],
  'walks that settle_walk hands on, and it hands on none that was imported': ['prove_attendance'],
  'visits of places, and an imported walk visits none': ['src/modules/badges/queries.ts#isFirstVisit'],
  'walks whose weather is looked for, and that of an imported walk never is': [
    'give_weather',
    'src/modules/weather/walk-weather/queries.ts#nextWalkDue',
    'src/modules/weather/walk-weather/queries.ts#takeDueWalks',
    'src/modules/weather/walk-weather/queries.ts#giveWeather',
    'src/modules/weather/walk-weather/queries.ts#settleWetWalk',
  ],
  'both kinds: where somebody lives is hidden whichever walk tells it': ['fold_hidden_areas'],
  'both kinds: what its owner sees, changes or shows as a card of their own': [
    'is_unused',
    'walk_row_json',
    'src/modules/share-cards/queries.ts#insertShareLink',
    'src/modules/share-cards/queries.ts#deleteShareLinks',
    'src/modules/share-cards/queries.ts#linkFor',
    'src/modules/photos/queries.ts#isTheirs',
    'src/modules/photos/queries.ts#withPhotosCounted',
    'src/modules/photos/sweep.queries.ts#deleteLostPhoto',
    'src/modules/walks/changes.queries.ts#myWalk',
    'src/modules/walks/changes.queries.ts#deleteWalk',
    'src/modules/walks/queries.ts#listWalks',
    'src/modules/walks/queries.ts#findVisibleWalk',
    'src/modules/walks/queries.ts#findWalkFigures',
    'src/modules/walks/queries.ts#findWalkExport',
    'src/modules/walks/showing/queries.ts#listUndrawn',
    'src/modules/walks/showing/queries.ts#insertSketches',
  ],
  'both kinds: the archive of what somebody has, and bringing it back': [
    'src/modules/exports/archives/content.queries.ts#findLine',
    'src/modules/exports/archives/content.queries.ts#listTracks',
    'src/modules/exports/archives/queries.ts#claimSlice',
    'src/modules/exports/archives/social-parts.queries.ts#socialParts',
    'src/modules/exports/restore/queries.ts#listTrackKeys',
    'src/modules/exports/restore/queries.ts#settleNext',
    'src/modules/exports/restore/restorers.queries.ts#restorers',
  ],
  'both kinds: keeping and deleting': [
    'src/modules/facts/sql.ts#ownerOf',
    'src/modules/walks/again/queries.ts#listUnmeasured',
    'src/modules/walks/again/queries.ts#markUnmeasurable',
    'src/modules/walks/completion/queries.ts#spoolTracks',
    'src/modules/walks/purge.queries.ts#listPurgeableWalks',
    'src/modules/walks/purge.queries.ts#deleteWalkRows',
    'src/modules/walks/review/queries.ts#findRecording',
    'src/modules/walks/review/queries.ts#updateDoubt',
  ],
}

const READS = /\b(FROM|JOIN)\s+\(?walks\b(?!\.)|\bUPDATE walks\b|\b(from|db\.update|db\.delete)\(walks\)/
/** `make_room` asks for the source itself. */
const SAYS = /\bsource\b|\bmake_room\(/

const functions = Object.entries(
  import.meta.glob('../../src/**/functions/*.sql', { query: '?raw', import: 'default', eager: true }) as Record<string, string>,
).map(([path, text]) => ({ name: path.split('/').at(-1)?.replace('.sql', '') ?? '', text }))
const statements = declarations
  .filter(({ path }) => path in files && !path.startsWith('src/db/'))
  .map(({ path, name, text }) => ({ name: `${path}#${name}`, text }))
const reading = [...functions, ...statements].filter(({ text }) => READS.test(text))

it('whatever reads walks names their source, or says here why it need not', () => {
  expect(reading.length).toBeGreaterThan(80)
  const known = new Set(Object.values(NEED_NOT).flat())
  expect(reading.filter(({ name, text }) => !SAYS.test(text) && !known.has(name)).map(({ name }) => name)).toEqual([])
})

it('nobody stands here who names the source, or is gone', () => {
  const silent = new Set(reading.filter(({ text }) => !SAYS.test(text)).map(({ name }) => name))
  expect(
    Object.values(NEED_NOT)
      .flat()
      .filter((name) => !silent.has(name)),
  ).toEqual([])
})

/** Columns of days and totals that hold recorded walks alone, in statements that show people what they have walked. */
it('who reads days and totals by pets shows both kinds', () => {
  const shows = statements.filter(({ name, text }) => name.startsWith('src/modules/pets/') && /\bpet_(days|totals)\.distance_m/.test(text))
  expect(shows.length).toBeGreaterThan(1)
  expect(shows.filter(({ text }) => !/imported_distance_m/.test(text)).map(({ name }) => name)).toEqual([])
})
