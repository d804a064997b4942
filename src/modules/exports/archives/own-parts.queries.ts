import { sql } from 'drizzle-orm'
import { badgeNears, restDays, streakRuns, userBadges, weeklyDongWins } from '../../../db/schema/badges.ts'
import { identities, sessions } from '../../../db/schema/auth.ts'
import { courseFavorites, courses } from '../../../db/schema/courses.ts'
import { userGrades, userTitles } from '../../../db/schema/grades.ts'
import { imports } from '../../../db/schema/imports.ts'
import { heatCompany } from '../../../db/schema/heat.ts'
import { healthRecords, pets } from '../../../db/schema/pets.ts'
import { photos } from '../../../db/schema/photos.ts'
import { placeFavorites } from '../../../db/schema/places.ts'
import { users } from '../../../db/schema/users.ts'
import { walks } from '../../../db/schema/walks.ts'
import { defineFile, instantKey, type Part } from './part.queries.ts'

/** Walks that are in an archive: not those that are deleted, and not the one that is going on. */
const isKept = sql`walks.deleted_at IS NULL AND walks.status <> 'active'`

/** Decimals of degrees, none of z, and of seconds: as `multiLine` (db/twkb.ts) writes a line. */
const lineText = sql`translate(encode(ST_AsTWKB(walks.line, 6, 0, 1), 'base64'), E'\\n', '')`

const trace = (column: 'cells' | 'richness') =>
  sql`(SELECT walk_traces.${sql.raw(column)} FROM walk_traces WHERE walk_traces.walk_id = walks.id)`

/** The person, their pets and their walks. They stand in the order in which they are restored, because some rows refer to others. */
export const ownParts: readonly Part[] = [
  defineFile('account.json', {
    about: '계정: 닉네임, 지역, 주간 목표, 비공개 구역, 가입 시각',
    restored: 'account',
    table: users,
    where: (user) => sql`users.id = ${user}`,
    key: [sql`'account'`],
    // Which title is shown stands with the titles, because it comes back with them.
    omit: ['id', 'role', 'settings', 'title_code', 'deleted_at', 'suspended_until', 'banned_at', 'suspended_reason', 'store_account_token'],
  }),
  defineFile('settings.json', {
    about: '설정: 기본값과 다른 것만',
    restored: 'account',
    table: users,
    where: (user) => sql`users.id = ${user}`,
    key: [sql`'settings'`],
    omit: Object.keys(users).filter((name) => name !== 'settings') as (keyof typeof users._.columns)[],
  }),
  defineFile('logins.json', {
    about: '연결된 로그인 (지금 계정의 것이라 복원하지 않아요)',
    restored: 'never',
    table: identities,
    where: (user) => sql`identities.user_id = ${user}`,
    key: [sql`identities.provider::text`],
    omit: ['user_id', 'provider_id', 'vendor_token', 'vendor_client_id'],
  }),
  defineFile('devices.json', {
    about: '로그인한 기기와 푸시를 받는 기기 (지금 계정의 것이라 복원하지 않아요)',
    restored: 'never',
    table: sessions,
    tables: ['push_tokens'],
    where: (user) => sql`sessions.user_id = ${user} AND sessions.revoked_at IS NULL`,
    key: [sql`sessions.id::text`],
    omit: ['user_id', 'counter', 'token_hash', 'rotated_at', 'revoked_at', 'revoked_reason'],
    also: { has_push: sql`EXISTS (SELECT 1 FROM push_tokens WHERE push_tokens.session_id = sessions.id)` },
  }),
  defineFile('pets.json', {
    about: '반려동물',
    restored: 'row',
    table: pets,
    where: (user) => sql`pets.user_id = ${user}`,
    key: [sql`pets.id::text`],
    omit: ['user_id'],
  }),
  defineFile('health.json', {
    about: '건강 기록',
    restored: 'row',
    table: healthRecords,
    join: sql` JOIN pets ON pets.id = health_records.pet_id`,
    where: (user) => sql`pets.user_id = ${user} AND health_records.deleted_at IS NULL`,
    key: [sql`health_records.id::text`],
    omit: ['deleted_at'],
  }),
  // The rooms' numbers are those that the others of a room have. Without them a restored person and who walked along would count as two on the heat map.
  defineFile('company.json', {
    about: '함께 걸은 방의 번호와 마지막 날. 산책 지도가 함께 걸은 사람들을 한 사람으로 세는 데만 써요',
    restored: 'row',
    table: heatCompany,
    where: (user) => sql`heat_company.user_id = ${user}`,
    key: [sql`heat_company.room::text`],
    omit: ['user_id'],
  }),
  defineFile('walks.ndjson', {
    about: '산책: 한 줄에 하나',
    restored: 'row',
    table: walks,
    tables: ['walk_pets', 'track_spool'],
    where: (user) => sql`walks.user_id = ${user} AND ${isKept}`,
    key: [instantKey(sql`walks.started_at`), sql`walks.id::text`],
    omit: ['user_id', 'line', 'answer', 'sketch', 'track_key', 'deleted_at', 'photo_count', 'weather_due_at', 'claimed', 'segments'],
    also: {
      pet_ids: sql`(
        SELECT coalesce(json_agg(walk_pets.pet_id ORDER BY walk_pets.position, walk_pets.pet_id), '[]') FROM walk_pets WHERE walk_pets.walk_id = walks.id
      )`,
      recording: sql`split_part(walks.track_key, '/', 4)`,
    },
    csv: {
      file: 'walks.csv',
      columns: [
        'id',
        'source',
        'started_at',
        'ended_at',
        'distance_m',
        'duration_sec',
        'calories',
        'avg_speed_kmh',
        'max_speed_kmh',
        'ascent_m',
        'descent_m',
        'is_valid',
        'region_code',
        'memo',
      ],
    },
  }),
  // Apart from the walks, so that these can be read by people.
  {
    name: 'walk-details',
    file: 'walk-details.ndjson',
    tables: ['walk_traces'],
    columns: [],
    key: sql`walks.id::text`,
    restored: 'row',
    about: '산책의 측정값: 구간, 측정된 경로(TWKB, base64), 다시 완료를 물었을 때의 답',
    rows: (user) => sql`
      SELECT walks.id::text AS row_key, json_build_object(
        'walk_id', walks.id, 'segments', walks.segments, 'claimed', walks.claimed, 'answer', walks.answer, 'line', ${lineText},
        'cells', ${trace('cells')}, 'richness', ${trace('richness')},
        'trace', (SELECT translate(encode(walk_traces.trace, 'base64'), E'\\n', '') FROM walk_traces WHERE walk_traces.walk_id = walks.id)
      )::text AS content
      FROM walks
      WHERE walks.user_id = ${user} AND ${isKept} AND walks.status = 'completed'`,
  },
  defineFile('badges.json', {
    about: '획득한 뱃지',
    restored: 'row',
    table: userBadges,
    join: sql` JOIN badges ON badges.id = user_badges.badge_id`,
    where: (user) => sql`user_badges.user_id = ${user}`,
    key: [sql`user_badges.badge_id::text`, sql`user_badges.season_year::text`],
    omit: ['user_id'],
    also: { code: sql`badges.code`, name: sql`badges.name` },
  }),
  defineFile('badges-near.json', {
    about: '거의 다 왔다고 알린 뱃지',
    restored: 'row',
    table: badgeNears,
    where: (user) => sql`badge_nears.user_id = ${user}`,
    key: [sql`badge_nears.badge_id::text`, sql`badge_nears.season_year::text`],
    omit: ['user_id'],
  }),
  // Before the walks are settled, so that each grade keeps the day on which it was reached, and one that later deletions would not reach again stays.
  defineFile('grades.json', {
    about: '도달한 등급 (첫 등급은 누구나 있어서 적지 않아요)',
    restored: 'row',
    table: userGrades,
    join: sql` JOIN grades ON grades.level = user_grades.level`,
    where: (user) => sql`user_grades.user_id = ${user}`,
    key: [sql`lpad(user_grades.level::text, 6, '0')`],
    omit: ['user_id'],
    also: { name: sql`grades.name` },
  }),
  defineFile('titles.json', {
    about: '얻은 칭호와, 그중 프로필에 보이는 것',
    restored: 'row',
    table: userTitles,
    join: sql` JOIN titles ON titles.code = user_titles.title_code JOIN users ON users.id = user_titles.user_id`,
    where: (user) => sql`user_titles.user_id = ${user}`,
    key: [sql`user_titles.title_code`],
    omit: ['user_id'],
    also: { name: sql`titles.name`, is_shown: sql`users.title_code IS NOT DISTINCT FROM user_titles.title_code` },
  }),
  defineFile('dong-wins.json', {
    about: '동네 주간 1위',
    restored: 'row',
    table: weeklyDongWins,
    where: (user) => sql`weekly_dong_wins.user_id = ${user}`,
    key: [sql`weekly_dong_wins.monday::text`],
    omit: ['user_id'],
  }),
  defineFile('favorites.json', {
    about: '즐겨찾는 장소',
    restored: 'row',
    table: placeFavorites,
    join: sql` JOIN places ON places.id = place_favorites.place_id`,
    where: (user) => sql`place_favorites.user_id = ${user}`,
    key: [sql`place_favorites.place_id::text`],
    omit: ['user_id'],
    also: { name: sql`places.name` },
  }),
  // What others see of one is not in it, because it follows from the way, the places and the hidden cells of the day.
  defineFile('courses.json', {
    about: '내가 만든 코스와 전체 경로. 공개한 코스는 어느 두 장소 사이인지도',
    restored: 'row',
    table: courses,
    where: (user) => sql`courses.owner_id = ${user} AND courses.deleted_at IS NULL`,
    key: [instantKey(sql`courses.created_at`), sql`courses.id::text`],
    omit: [
      'kind',
      'owner_id',
      'place_id',
      'region_code',
      'duration_min',
      'users_band',
      'computed_on',
      'gone_at',
      'published_at',
      'from_place_id',
      'to_place_id',
      'published_line',
      'published_grid',
      'published_distance_m',
      'deleted_at',
    ],
    also: {
      publication: sql`CASE WHEN courses.published_at IS NOT NULL THEN json_build_object(
        'published_at', courses.published_at, 'from_place_id', courses.from_place_id, 'to_place_id', courses.to_place_id
      ) END`,
    },
  }),
  defineFile('course-favorites.json', {
    about: '즐겨찾는 코스. 이름은 내 코스와 여러 사람의 산책에서 나온 코스만',
    restored: 'row',
    table: courseFavorites,
    join: sql` JOIN courses ON courses.id = course_favorites.course_id`,
    where: (user) => sql`course_favorites.user_id = ${user}`,
    key: [sql`course_favorites.course_id::text`],
    omit: ['user_id'],
    // The name of another's course is their words.
    also: { name: sql`CASE WHEN courses.kind = 'derived' OR courses.owner_id = course_favorites.user_id THEN courses.name END` },
  }),
  // After the walks, because walks rewrite them.
  defineFile('streak.json', {
    about: '연속 산책',
    restored: 'row',
    table: streakRuns,
    where: (user) => sql`streak_runs.user_id = ${user}`,
    key: [sql`streak_runs.first_day::text`],
    omit: ['user_id'],
  }),
  defineFile('rest-days.json', {
    about: '연속 산책의 쉬는 날',
    restored: 'row',
    table: restDays,
    where: (user) => sql`rest_days.user_id = ${user}`,
    key: [sql`rest_days.month::text`],
    omit: ['user_id'],
  }),
  defineFile('imports.json', {
    about: '가져오기 내역',
    restored: 'record',
    table: imports,
    tables: ['import_files'],
    where: (user) => sql`imports.user_id = ${user} AND imports.kind = 'files' AND imports.finished_at IS NOT NULL`,
    key: [instantKey(sql`imports.created_at`), sql`imports.id::text`],
    omit: ['user_id', 'object_key', 'part', 'cursor', 'report', 'touched_at'],
  }),
  defineFile('photos.json', {
    about: '사진의 정보. 사진은 photos/{id}',
    restored: 'row',
    table: photos,
    where: (user) => sql`photos.user_id = ${user}`,
    key: [sql`photos.id::text`],
    omit: ['user_id', 'object_key', 'has_thumbnails'],
    also: {
      folder: sql`split_part(photos.object_key, '/', 1)`,
      path: sql`split_part(photos.object_key, '/', 3) || '/' || split_part(photos.object_key, '/', 4)`,
    },
  }),
]
