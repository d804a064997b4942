import { bringWalkOf, type Day } from './days.ts'
import { registerCard } from '../premium/premium.ts'
import { check, logInWithKakao, makeClient, refused, say, step } from '../stage.ts'
import { HOME } from '../walking.ts'
import { keepCourse } from './courses.ts'

/** A neighbour tries premium for nothing, and sees what it opens. `--premium` plays all that may become of it. */
export async function tryPremium(day: Day): Promise<void> {
  step('A neighbour tries premium')
  const client = makeClient({ channel: 'web' })
  const sdk = await logInWithKakao()
  const { user } = await client.signIn('/auth/kakao', { code: sdk.code, redirect_uri: sdk.redirect_uri })
  await client.put('/users/me/location', { body: HOME })
  const pet = await client.post('/pets', { body: { name: '라떼', species: 'dog', breed: '웰시 코기', weight_kg: 11 } })
  const { walk } = await bringWalkOf(client, pet.id, day)
  const drawDark = () => client.post('/walks/{id}/share-card', { path: { id: walk.id }, body: { theme: 'dark' } })
  const askNation = () => client.get('/rankings', { query: { scope: 'nation', limit: 3 } })
  for (const ask of [drawDark, askNation]) check((await refused(ask())).code === 'premium_required', 'both to be premium')
  const { customer_key } = await client.get('/subscription/plans')
  check(customer_key !== null, 'a card to be welcome')
  const begun = await client.post('/payments/billing/issue', { body: { ...(await registerCard(customer_key!, '0000')), plan: 'monthly' } })
  check(begun.state === 'trialing' && begun.is_premium, 'a trial to begin')
  const { share_url } = await drawDark()
  const { scope, participants } = await askNation()
  check(share_url !== null && scope === 'nation', 'the dark card and the nationwide board to be open')
  say(`    ${user.nickname}: a trial until ${begun.trial_ends_at?.slice(0, 10)}, and nothing is charged for it`)
  say(`    the dark card is drawn, and the nationwide board is open: ${participants} have walked this week`)
  await keepCourse(client, walk.id)
}
