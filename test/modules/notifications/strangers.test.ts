import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addDevice, deliver, pushedTo, rowsOf, seoulTime, tell } from '../../support/pushes.ts'

const noon = seoulTime(12)
const clock = (at: Date) => ({ now: () => at })

async function makePerson() {
  const person = await signUp()
  return { ...person, token: await addDevice(person) }
}
const stateOf = async (person: Parameters<typeof rowsOf>[0]) =>
  (await rowsOf(person)).map(({ push_state, push_reason }) => [push_state, push_reason])

describe("strangers' invitations", { timeout: 120_000 }, () => {
  const inviteTo = async (host: Awaited<ReturnType<typeof signUp>>, guest: { user: { user_id: string } }, at: Date, hoursAhead = 48) => {
    const { status, json } = await host
      .with({ ...clock(at), pushes: { send: async () => {}, sendBatch: async () => {} } as never })
      .post('/invitations', {
        invitee_ids: [guest.user.user_id],
        scheduled_at: new Date(at.getTime() + hoursAhead * HOUR_MS).toISOString(),
      })
    if (status !== 201) throw new Error(`the invitation was refused: ${JSON.stringify(json)}`)
    return json.id as string
  }
  const idsOf = async (person: Parameters<typeof rowsOf>[0]) => (await rowsOf(person)).map(({ id }) => [id])
  const typesAt = async (token: string) => (await pushedTo(token)).map(({ message }) => message.data['type'])

  it('by many accounts at once push three a day, and leave the ten to everything else', async () => {
    const person = await makePerson()
    const strangers = await Promise.all(Array.from({ length: 8 }, () => signUp()))
    await Promise.all(
      strangers.flatMap((host) => [inviteTo(host, person, noon), inviteTo(host, person, noon), inviteTo(host, person, noon)]),
    )
    const invitations = await idsOf(person)
    expect(invitations).toHaveLength(24)
    for (let round = 0; round < 4; round++)
      await Promise.all([0, 1, 2].map(() => deliver(invitations, clock(new Date(noon.getTime() + round)))))
    expect(await typesAt(person.token)).toEqual(['invitation', 'invitation', 'invitation'])
    const senders = (await rowsOf(person)).filter(({ push_state }) => push_state === 'pushed').map(({ sender_id }) => sender_id)
    expect(new Set(senders).size).toBe(3)
    const own = await tell(person, 'comment', noon, { count: 11 })
    await deliver([own], clock(noon))
    expect((await typesAt(person.token)).filter((type) => type === 'comment')).toHaveLength(10)
    const tomorrow = new Date(noon.getTime() + DAY_MS)
    const more = await inviteTo(await signUp(), person, tomorrow)
    await deliver([[(await rowsOf(person)).find(({ topic }) => topic === more)!.id]], clock(tomorrow))
    expect((await typesAt(person.token)).filter((type) => type === 'invitation')).toHaveLength(4)
  })

  it('push once a day of one sender, and three times once the receiver has accepted one, at night as well', async () => {
    const [person, host] = await Promise.all([makePerson(), signUp()])
    const first = await inviteTo(host, person, noon)
    for (let i = 0; i < 4; i++) await inviteTo(host, person, noon)
    await deliver(await idsOf(person), clock(noon))
    expect(await typesAt(person.token)).toEqual(['invitation'])
    expect((await person.with(clock(noon)).patch(`/invitations/${first}`, { status: 'accepted' })).status).toBe(200)
    const night = new Date(seoulTime(23).getTime())
    const late = [await inviteTo(host, person, night), await inviteTo(host, person, night), await inviteTo(host, person, night)]
    const ids = (await rowsOf(person)).filter(({ topic }) => late.includes(topic)).map(({ id }) => [id])
    await deliver(ids, clock(night))
    expect(await typesAt(person.token)).toHaveLength(3)
  })

  it('wait for the end of quiet hours, and are not pushed if they have expired by then or were cancelled', async () => {
    const person = await makePerson()
    const hosts = await Promise.all([signUp(), signUp(), signUp()])
    const night = seoulTime(23)
    await inviteTo(hosts[0]!, person, night)
    await inviteTo(hosts[1]!, person, night, 3)
    const cancelled = await inviteTo(hosts[2]!, person, night)
    const ids = await idsOf(person)
    await deliver(ids, clock(night))
    expect(await pushedTo(person.token)).toEqual([])
    expect((await hosts[2]!.with(clock(night)).delete(`/invitations/${cancelled}`)).status).toBe(204)
    await deliver(ids, clock(seoulTime(8, 3)))
    expect(await typesAt(person.token)).toEqual(['invitation'])
    expect((await stateOf(person)).toSorted()).toEqual([
      ['pushed', null],
      ['withheld', 'out_of_date'],
      ['withheld', 'out_of_date'],
    ])
  })

  it('are of no stranger where the receiver has invited the sender, or has walked beside them', async () => {
    const [person, invited, walked] = await Promise.all([makePerson(), signUp(), signUp()])
    await inviteTo(person, invited, noon)
    const meeting = await inviteTo(await signUp(), walked, noon)
    const [one, other] = [person.user.user_id, walked.user.user_id].toSorted()
    await createTestDeps().db.execute(
      `INSERT INTO room_encounters (invitation_id, one_id, other_id, together) VALUES ('${meeting}', '${one}', '${other}', '{[2026-11-01,2026-11-02)}')`,
    )
    const night = seoulTime(23)
    for (const host of [invited, walked]) await inviteTo(host, person, night)
    await deliver(await idsOf(person), clock(night))
    expect(await typesAt(person.token)).toEqual(['invitation', 'invitation'])
  })
})
