/**
 * Columns that tell where somebody was or lives, and the files of `src/` that may name them. Whatever shows a walk to anybody else goes through
 * `src/modules/walks/showing/`, so a file that is not in this list asks there.
 */
export const positions: Readonly<Record<string, { readonly column: RegExp; readonly files: readonly string[] }>> = {
  'the route of a walk': {
    column: /\broute_polyline\b|\bwalks?\.line\b|\bST_\w+\(line\b|\bfrom walks.*\bline\b/i,
    files: [
      'db/schema/walks.ts',
      'modules/walks/schema.ts',
      'modules/walks/jobs.ts',
      'modules/walks/queries.ts',
      'modules/walks/service.ts',
      'modules/walks/functions/walk_json.sql',
      'modules/walks/functions/comes_near.sql',
      'modules/walks/functions/map_refusal.sql',
      'modules/walks/showing/presentation.ts',
      'modules/walks/showing/functions/walk_cards_json.sql',
      'modules/walks/showing/queries.ts',
      'modules/walks/completion/queries.ts',
      'modules/walks/completion/service.ts',
      'modules/walks/completion/functions/complete_walk.sql',
      'modules/walks/again/queries.ts',
      'modules/walks/again/service.ts',
      'modules/walks/again/functions/measure_again.sql',
      'modules/facts/functions/fold_places.sql',
      'modules/facts/functions/fold_visits.sql',
      'modules/facts/functions/fold_hidden_areas.sql',
      'modules/facts/functions/ends_on_grid.sql',
      'modules/meetups/attendance/functions/is_proved_by_walk.sql',
      'modules/courses/heat/functions/shown_line.sql',
      'modules/courses/heat/functions/expand_heat_changes.sql',
    ],
  },
  'the recording of a walk': {
    column: /\btrack_key\b|\btrack_spool\b|\bwalk_traces\b/,
    files: [
      'db/schema/walks.ts',
      'modules/walks/purge.queries.ts',
      'modules/walks/changes.queries.ts',
      'modules/walks/queries.ts',
      'modules/walks/service.ts',
      'modules/walks/completion/queries.ts',
      'modules/walks/completion/service.ts',
      'modules/walks/completion/functions/complete_walk.sql',
      'modules/walks/again/queries.ts',
      'modules/walks/again/functions/measure_again.sql',
      'modules/walks/copies/queries.ts',
      'modules/walks/copies/functions/walks_alike.sql',
      'modules/walks/review/queries.ts',
      'modules/walks/review/service.ts',
      'modules/walks/jobs.ts',
    ],
  },
  'the place of a photo': {
    column: /\bST_[XY]\(location\b|\bphotos\.location\b/,
    // The other is the place of a meetup, which everybody may see.
    files: ['modules/photos/functions/walk_photos.sql', 'db/schema/meetups.ts'],
  },
  'a privacy zone': {
    column: /\bprivacy_zone_(center|radius_m)\b/,
    files: [
      'db/schema/users.ts',
      'db/viewer.ts',
      'modules/users/settings/queries.ts',
      'modules/rooms/queries.ts',
      'modules/walks/functions/map_refusal.sql',
      'modules/courses/heat/functions/hidden_boxes.sql',
    ],
  },
}

/** What a file of `src/` names without being allowed to, or null. */
export function positionFault(path: string, text: string): string | null {
  const file = path.replace(/^src\//, '')
  const [what] = Object.entries(positions).find(([, { column, files }]) => column.test(text) && !files.includes(file)) ?? []
  return what === undefined
    ? null
    : `${what} is named here; what others see goes through src/modules/walks/showing/ (dev/lint/positions.ts)`
}
