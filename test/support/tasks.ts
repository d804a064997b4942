import type { Deps } from '../../src/deps.ts'
import type { Task } from '../../src/jobs/job.ts'
import { type TaskMessage, taskMessageSchema } from '../../src/jobs/tasks.ts'
import { consume } from '../../src/queues.ts'
import { createTestDeps } from './api.ts'
import { assertNothingForbidden } from './forbidden.ts'

/** A queue of tasks that keeps the messages it is given. */
export function taskQueue(given: TaskMessage[] = []) {
  const sendBatch = async (messages: { body: unknown }[]) => void given.push(...messages.map(({ body }) => taskMessageSchema.parse(body)))
  return { given, tasks: { sendBatch } as unknown as Queue }
}

/** Hands one message to the consumer and returns what became of it. `retried` is a number of seconds, or `null`. */
export async function deliverTask(
  body: unknown,
  deps: Deps,
  { id = crypto.randomUUID() as string, attempts = 1, queue = 'tasks' } = {},
): Promise<{ is_acked: boolean; retried: number | null }> {
  const outcome: { is_acked: boolean; retried: number | null } = { is_acked: false, retried: null }
  const message = {
    id,
    attempts,
    timestamp: new Date(),
    body,
    ack: () => void (outcome.is_acked = true),
    retry: ({ delaySeconds = 0 } = {}) => void (outcome.retried = delaySeconds),
  }
  // This has what the consumer uses of a batch. The plugin's own batch forgets the delays.
  await consume({ queue, messages: [message] } as unknown as MessageBatch, deps)
  return outcome
}

/** Runs tasks as a cron does: each as its own message, and tasks that go on in further messages. */
export async function runAsMessages(tasks: readonly Task[], at: Date, deps: Deps = createTestDeps()): Promise<void> {
  const queue = taskQueue(tasks.map(({ name }) => ({ task: name, scheduled_at: at.toISOString(), part: 0 })))
  const withQueue = Object.create(deps, { tasks: { value: queue.tasks } }) as Deps
  for (let message = queue.given.shift(); message; message = queue.given.shift()) await deliverTask(message, withQueue)
}

/** Runs one task to its last part, and returns what it has counted. */
export async function runTask(task: Task, at: Date, deps: Deps = createTestDeps()): Promise<Record<string, number>> {
  const counted: Record<string, number> = {}
  for (let cursor: unknown = null; ;) {
    const { counts, next } = await task.run(deps, at, cursor)
    // Admins are told of them.
    assertNothingForbidden(counts, task.name)
    for (const [name, count] of Object.entries(counts)) counted[name] = (counted[name] ?? 0) + count
    if (next === null) return counted
    // The database keeps it as JSON.
    cursor = JSON.parse(JSON.stringify(next))
  }
}
