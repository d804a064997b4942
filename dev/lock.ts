import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'

/**
 * Locks a folder for this process until the returned function is called. The lock is a socket, which answers only while its process lives. A process that
 * was killed therefore leaves nothing to clean up.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const path = `${folder}/lock`
  if (await answers(path)) throw new Error(`${folder} is in use by another \`npm run dev\` in this folder; stop that one first`)
  rmSync(path, { force: true })
  const server = createServer((socket) => socket.end())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return () => void server.close()
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(Boolean(socket.end())))
    socket.once('error', () => resolve(false))
  })
}
