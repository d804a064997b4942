import type { Client } from '../../../client/src/index.ts'
import { check, type Completion, km, logInWithKakao, makeClient, refused, say, step } from '../stage.ts'

/** A neighbour finds the walk in the feed, follows, likes and comments. The owner is told of each. */
export async function beCheered(client: Client, { walk: { id, user } }: Completion): Promise<void> {
  step('A neighbour')
  const neighbour = makeClient()
  const sdk = await logInWithKakao()
  const { user: them } = await neighbour.signIn('/auth/kakao', { code: sdk.code, redirect_uri: sdk.redirect_uri })
  const { items } = await neighbour.get('/feed', { query: { filter: 'all', order: 'recent', limit: 10 } })
  const card = items.find(({ walk_id }) => walk_id === id)
  check(card !== undefined && card.route === null && card.sketch !== undefined, 'the walk in the feed of a stranger, without its map')
  say(`    sees ${card!.author.nickname} · ${card!.pets.map(({ name }) => name).join(', ')} · ${km(card!.distance_m ?? 0)} and no map`)
  await neighbour.post('/follows/{user_id}', { path: { user_id: user.id } })
  const { likes } = await neighbour.post('/likes/{walk_id}', { path: { walk_id: id } })
  await neighbour.post('/comments', { body: { walk_id: id, content: '초코 너무 귀여워요! 다음에 같이 걸어요 🐶' } })
  await neighbour.put('/walks/{id}/reactions/{emoji}', { path: { id, emoji: 'paw' } })
  const abuse = await refused(neighbour.post('/comments', { body: { walk_id: id, content: '야 이 씨발' } }))
  check(abuse.code === 'objectionable_text', 'abuse to be refused')
  const seen = await client.get('/walks/{id}/interactions', { path: { id } })
  check(likes === 1 && seen?.likes === 1 && seen.comments === 1 && seen.reactions.paw === 1, 'what the neighbour did to be counted')
  const told = (await client.get('/notifications')).items.filter(({ type }) => ['follow', 'like', 'comment'].includes(type))
  check(told.length === 3, 'the owner to be told of the follow, the like and the comment')
  for (const { title, body } of told) say(`    🔔 ${title} ${body}`)
  say(`    ${them.nickname} may not write abuse: ${abuse.code}`)
}
