import { sql } from 'drizzle-orm'
import { invitations, invitees, locationProvisions, roomEncounters } from '../../../db/schema/invitations.ts'
import { meetupParticipants, meetups } from '../../../db/schema/meetups.ts'
import { appeals, moderationActions, reports } from '../../../db/schema/moderation.ts'
import { notifications } from '../../../db/schema/notifications.ts'
import { shareLinks } from '../../../db/schema/photos.ts'
import { recommendationDismissals } from '../../../db/schema/recommendations.ts'
import { blocks, comments, feedHides, follows, likes, reactions } from '../../../db/schema/social.ts'
import { defineFile, instantKey, nicknameOf, type Part } from './part.queries.ts'

/**
 * What somebody did with others, without what others did. What others would read as their word again (comments, invitations, meetups) is kept as a record: nobody is
 * invited by an archive, and what an author or a moderator has removed does not come back.
 */
export const socialParts: readonly Part[] = [
  defineFile('blocks.json', {
    about: '내가 차단한 사람',
    restored: 'row',
    table: blocks,
    where: (user) => sql`blocks.blocker_id = ${user}`,
    key: [sql`blocks.blocked_id::text`],
    omit: ['blocker_id'],
  }),
  defineFile('follows.json', {
    about: '내가 팔로우하는 사람',
    restored: 'row',
    table: follows,
    where: (user) => sql`follows.follower_id = ${user}`,
    key: [sql`follows.followee_id::text`],
    omit: ['follower_id'],
    also: { nickname: nicknameOf(sql`follows.followee_id`) },
  }),
  defineFile('likes.json', {
    about: '내가 누른 좋아요',
    restored: 'row',
    table: likes,
    where: (user) => sql`likes.user_id = ${user}`,
    key: [sql`likes.walk_id::text`],
    omit: ['user_id', 'author_id'],
  }),
  defineFile('reactions.json', {
    about: '내가 남긴 반응',
    restored: 'row',
    table: reactions,
    where: (user) => sql`reactions.user_id = ${user}`,
    key: [sql`reactions.walk_id::text`, sql`reactions.emoji::text`],
    omit: ['user_id', 'author_id'],
  }),
  defineFile('hidden-posts.json', {
    about: '피드에서 숨긴 산책',
    restored: 'row',
    table: feedHides,
    where: (user) => sql`feed_hides.user_id = ${user}`,
    key: [sql`feed_hides.walk_id::text`],
    omit: ['user_id'],
  }),
  defineFile('dismissed.json', {
    about: '추천에서 뺀 사람',
    restored: 'row',
    table: recommendationDismissals,
    where: (user) => sql`recommendation_dismissals.user_id = ${user}`,
    key: [sql`recommendation_dismissals.other_id::text`],
    omit: ['user_id'],
  }),
  defineFile('comments.json', {
    about: '내가 쓴 댓글',
    restored: 'record',
    table: comments,
    where: (user) => sql`comments.user_id = ${user} AND comments.deleted_at IS NULL`,
    key: [instantKey(sql`comments.created_at`), sql`comments.id::text`],
    omit: ['user_id', 'author_id', 'deleted_at', 'held_at'],
    // Of a comment on one's own walk it is left out, because it changes with the account.
    also: {
      to: sql`CASE WHEN comments.author_id <> comments.user_id THEN json_build_object('id', comments.author_id, 'nickname', ${nicknameOf(sql`comments.author_id`)}) END`,
    },
  }),
  defineFile('invitations.json', {
    about: '내가 보낸 초대',
    restored: 'record',
    table: invitations,
    where: (user) => sql`invitations.inviter_id = ${user}`,
    key: [instantKey(sql`invitations.created_at`), sql`invitations.id::text`],
    omit: ['inviter_id'],
    also: {
      invited: sql`(
        SELECT coalesce(json_agg(json_build_object('id', invitees.user_id, 'nickname', ${nicknameOf(sql`invitees.user_id`)}, 'answer', invitees.answer) ORDER BY invitees.user_id), '[]')
        FROM invitees
        WHERE invitees.invitation_id = invitations.id
      )`,
    },
  }),
  defineFile('invitations-received.json', {
    about: '받은 초대에 한 답',
    restored: 'record',
    table: invitees,
    join: sql` JOIN invitations ON invitations.id = invitees.invitation_id`,
    where: (user) => sql`invitees.user_id = ${user}`,
    key: [sql`invitees.invitation_id::text`],
    omit: ['user_id'],
    also: { scheduled_at: sql`invitations.scheduled_at` },
  }),
  defineFile('meetups.json', {
    about: '내가 연 모임과 날짜',
    restored: 'record',
    table: meetups,
    tables: ['meetup_occurrences'],
    where: (user) => sql`meetups.host_id = ${user}`,
    key: [instantKey(sql`meetups.created_at`), sql`meetups.id::text`],
    omit: ['host_id', 'asked_at', 'made_until', 'renewed_at'],
    also: {
      dates: sql`(
        SELECT coalesce(json_agg(json_build_object(
          'id', dates.id, 'starts_at', dates.starts_at, 'ends_at', dates.ends_at, 'location_name', dates.location_name, 'cancelled_at', dates.cancelled_at
        ) ORDER BY dates.starts_at, dates.id), '[]')
        FROM meetup_occurrences dates
        WHERE dates.meetup_id = meetups.id
      )`,
    },
  }),
  defineFile('meetup-seats.json', {
    about: '참여한 모임',
    restored: 'record',
    table: meetupParticipants,
    join: sql` JOIN meetup_occurrences ON meetup_occurrences.id = meetup_participants.occurrence_id`,
    where: (user) => sql`meetup_participants.user_id = ${user}`,
    key: [sql`meetup_participants.occurrence_id::text`],
    omit: ['user_id', 'queue_no'],
    also: { meetup_id: sql`meetup_occurrences.meetup_id`, starts_at: sql`meetup_occurrences.starts_at` },
  }),
  defineFile('encounters.json', {
    about: '함께 걸은 시간',
    restored: 'record',
    table: roomEncounters,
    where: (user) => sql`${user} IN (room_encounters.one_id, room_encounters.other_id)`,
    key: [sql`room_encounters.id::text`],
    omit: ['one_id', 'other_id'],
  }),
  defineFile('location-ledger.json', {
    about: '내 위치를 누가 언제 보았는지 (location-ledger.csv와 같아요)',
    restored: 'record',
    table: locationProvisions,
    where: (user) => sql`location_provisions.subject_id = ${user}`,
    key: [
      instantKey(sql`location_provisions.first_at`),
      sql`location_provisions.invitation_id::text`,
      sql`location_provisions.viewer_id::text`,
    ],
    omit: ['subject_id'],
    csv: { file: 'location-ledger.csv', columns: ['first_at', 'last_at', 'viewer_id', 'invitation_id', 'is_meetup'] },
  }),
  defineFile('notifications.json', {
    about: '받은 알림. 다른 사람이 일으킨 알림은 종류와 시각만',
    restored: 'record',
    table: notifications,
    where: (user) => sql`notifications.user_id = ${user} AND notifications.removed_at IS NULL AND notifications.type <> 'export_ready'`,
    key: [instantKey(sql`notifications.created_at`), sql`notifications.id::text`],
    omit: [
      'user_id',
      'topic',
      'sender_id',
      'removed_at',
      'push_state',
      'push_at',
      'sweep_at',
      'attempts',
      'claim',
      'claimed_until',
      'pushed_on',
      'push_reason',
    ],
    also: {
      facts: sql`CASE WHEN notifications.sender_id IS NULL AND notifications.type::text !~ '^(like|comment|follow|invitation|meetup|moderation)' THEN notifications.facts END`,
    },
    tables: ['push_deliveries'],
  }),
  defineFile('shared-walks.json', {
    about: '공유 링크를 만든 산책. 링크는 비밀이라 없어요',
    restored: 'record',
    table: shareLinks,
    join: sql` JOIN walks ON walks.id = share_links.walk_id`,
    where: (user) => sql`walks.user_id = ${user}`,
    key: [sql`share_links.walk_id::text`, sql`share_links.theme::text`],
    omit: ['token'],
  }),
  defineFile('reports.json', {
    about: '내가 한 신고',
    restored: 'record',
    table: reports,
    where: (user) => sql`reports.reporter_id = ${user}`,
    key: [instantKey(sql`reports.created_at`), sql`reports.id::text`],
    omit: ['reporter_id', 'outcome', 'decided_at'],
  }),
  defineFile('moderation.json', {
    about: '나에게 내려진 운영 조치',
    restored: 'record',
    table: moderationActions,
    where: (user) => sql`moderation_actions.author_id = ${user}`,
    key: [instantKey(sql`moderation_actions.created_at`), sql`moderation_actions.id::text`],
    omit: ['admin_id', 'author_id', 'note', 'before'],
  }),
  defineFile('appeals.json', {
    about: '내가 한 이의 신청',
    restored: 'record',
    table: appeals,
    where: (user) => sql`appeals.user_id = ${user}`,
    key: [instantKey(sql`appeals.created_at`), sql`appeals.id::text`],
    omit: ['user_id', 'decided_by', 'note'],
  }),
]
