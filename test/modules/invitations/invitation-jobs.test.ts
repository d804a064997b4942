import { describe, expect, it } from 'vitest'
import { expireUnanswered, purgeInvitations, remindOfMeetingsSoon } from '../../../src/modules/invitations/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { rowsOf } from '../../support/pushes.ts'
import { accept, idOf, inMinutes, invite, type Person } from '../../support/rooms.ts'

const { db } = createTestDeps()
const minute = 60_000

/** A random minute of a far day for which nobody else has invitations, and an invitation for it. */
async function meetFarAhead(host: Person, guests: readonly Person[]) {
  const meeting = new Date(Date.UTC(2101, 0, 1) + Math.floor(Math.random() * 5e6) * minute)
  const id = await invite(host, guests)
  await db.execute(`
    UPDATE invitations
    SET scheduled_at = '${meeting.toISOString()}', expires_at = '${meeting.toISOString()}'::timestamptz - interval '30 minutes',
        ends_at = '${meeting.toISOString()}'::timestamptz + interval '6 hours'
    WHERE id = '${id}'`)
  const before = (minutes: number) => new Date(meeting.getTime() - minutes * minute)
  const remind = (minutes: number) => remindOfMeetingsSoon.run(createTestDeps(), before(minutes))
  return { id, meeting, before, remind }
}

const remindersOf = async (person: Person) => (await rowsOf(person)).filter(({ type }) => type === 'invitation_reminder')

describe('a reminder', () => {
  it('is sent once to those who have accepted, ten minutes before, however often and late the cron runs', async () => {
    const [host, yes, no, silent] = await Promise.all([signUp(), signUp(), signUp(), signUp()])
    const { id, meeting, remind } = await meetFarAhead(host, [yes, no, silent])
    await accept(yes, id)
    await no.patch(`/invitations/${id}`, { status: 'declined' })
    await remind(11)
    expect(await remindersOf(yes)).toEqual([])
    await Promise.all([remind(10), remind(10)])
    await remind(9)
    for (const [person, other] of [
      [host, yes],
      [yes, host],
    ] as const) {
      expect(await remindersOf(person)).toMatchObject([{ sender_id: idOf(other), facts: { invitation_id: id } }])
      expect(new Date((await remindersOf(person))[0]!.facts.starts_at)).toEqual(meeting)
    }
    expect([...(await remindersOf(no)), ...(await remindersOf(silent))]).toEqual([])
  })

  it('is made up for until the time of the meeting, and names the first guest to the inviter', async () => {
    const [host, first, second] = await Promise.all([signUp(), signUp(), signUp()])
    const { id, remind } = await meetFarAhead(host, [first, second])
    await accept(second, id)
    await accept(first, id)
    await remind(1)
    expect(await remindersOf(host)).toMatchObject([{ sender_id: idOf(second) }])
    expect(await remindersOf(first)).toMatchObject([{ sender_id: idOf(host) }])
    await remind(0)
    expect(await remindersOf(host)).toHaveLength(1)
  })

  it('is not sent for a cancelled meeting, one that nobody has accepted, or one with somebody who is blocked or has left', async () => {
    const [host, guest, gone] = await Promise.all([signUp(), signUp(), signUp()])
    const cancelled = await meetFarAhead(host, [guest])
    await accept(guest, cancelled.id)
    await host.delete(`/invitations/${cancelled.id}`)
    const unanswered = await meetFarAhead(host, [guest])
    const deserted = await meetFarAhead(host, [gone])
    await accept(gone, deserted.id)
    await gone.delete('/users/me')
    const blocked = await meetFarAhead(host, [guest])
    await accept(guest, blocked.id)
    await guest.post(`/blocks/${idOf(host)}`)
    for (const { remind } of [cancelled, unanswered, deserted, blocked]) await remind(10)
    expect([...(await remindersOf(host)), ...(await remindersOf(guest)), ...(await remindersOf(gone))]).toEqual([])
  })
})

describe('the cron', () => {
  it('writes down what has expired, changes nothing the second time, and leaves answers alone', async () => {
    const [host, yes, silent] = await Promise.all([signUp(), signUp(), signUp()])
    const id = await invite(host, [yes, silent], { scheduled_at: inMinutes(20) })
    await accept(yes, id)
    await db.execute(`
      UPDATE invitations SET created_at = created_at - interval '1 hour', expires_at = now() - interval '1 second' WHERE id = '${id}'`)
    const answers = async () => (await db.execute(`SELECT answer FROM invitees WHERE invitation_id = '${id}' ORDER BY answer`)).rows
    await expireUnanswered.run(createTestDeps(), new Date())
    await expireUnanswered.run(createTestDeps(), new Date())
    expect(await answers()).toEqual([{ answer: 'accepted' }, { answer: 'expired' }])
  })

  it('purges invitations half a year after their time', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const [old, fresh] = [await invite(host, [guest]), await invite(host, [guest])]
    await db.execute(`
      UPDATE invitations
      SET created_at = now() - interval '184 days', expires_at = now() - interval '183 days', scheduled_at = now() - interval '182 days',
          ends_at = now() - interval '181 days'
      WHERE id = '${old}'`)
    await runTask(purgeInvitations, new Date())
    expect((await host.get('/invitations')).json.items.map(({ id }: { id: string }) => id)).toEqual([fresh])
  })
})
