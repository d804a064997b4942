import type { Client } from '../../../client/src/index.ts'
import { check, logInWithKakao, makeClient, say, step } from '../stage.ts'
import { until } from '../vendors.ts'
import { HOME } from '../walking.ts'

const MINUTE_MS = 60_000

/** Somebody asks a neighbour for a walk, who accepts, and in its room they see each other. */
export async function walkTogether(client: Client): Promise<void> {
  step('A walk together')
  const friend = makeClient()
  const sdk = await logInWithKakao()
  const { user } = await friend.signIn('/auth/kakao', { code: sdk.code, redirect_uri: sdk.redirect_uri })
  const me = await client.get('/users/me')
  const { id } = await friend.post('/invitations', {
    body: {
      id: friend.newId(),
      invitee_ids: [me.id],
      scheduled_at: new Date(Date.now() + 12 * MINUTE_MS).toISOString(),
      location_name: '서울숲 2번 출입구',
      ...HOME,
      message: '같이 걸어요!',
    },
  })
  const { items, unread_count } = await client.get('/invitations', { query: { box: 'received' } })
  check(items.some((invitation) => invitation.id === id) && unread_count === 1, 'the invitation to be there, and unread')
  const told = await until('to be told of the invitation', async () =>
    (await client.get('/notifications')).items.find(({ type }) => type === 'invitation'),
  )
  say(`    🔔 ${told.title} ${told.body}`)
  const answered = await client.patch('/invitations/{id}', { path: { id }, body: { status: 'accepted' } })
  check(answered.status === 'accepted', 'the invitation to be accepted')
  const rooms = [client.enterRoom(id), friend.enterRoom(id)] as const
  const [mine, theirs] = rooms
  const seen: { lat: number; lng: number }[] = []
  mine.on('location', (position) => void seen.push(position))
  try {
    for (const room of rooms) await until('both to be in the room', async () => (room.state.status === 'in' ? true : undefined))
    theirs.showNearHome(true)
    theirs.tell({ lat: HOME.lat + 0.001, lng: HOME.lng })
    await until('the other to be seen', async () => seen[0])
    say(`    accepted; in the live room ${user.nickname} is seen on the way`)
  } finally {
    for (const room of rooms) room.leave()
  }
}
