import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'

/** The folder of everything that the local cloud keeps. */
export const DEV_FOLDER = '.dev'
const FILE = `${DEV_FOLDER}/addresses.json`
const FIRST_PORT = 8787

/** Where each part of a running stack is reached. The ports follow from one. */
export interface Addresses {
  readonly port: number
  readonly api: string
  readonly simulators: string
  readonly neon: string
  readonly redis: string
  readonly postgres: string
}

/** The port that `PORT` says, or the first one. */
export function portOf(text: string | undefined = process.env.PORT): number {
  if (text === undefined) return FIRST_PORT
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_529) throw new Error(`PORT=${text} is no port`)
  return port
}

export const portsFrom = (port: number) => ({ api: port, simulators: port + 3, neon: port + 4, redis: port + 5, postgres: port + 6 })

/** Tells other commands in this folder where the stack is. The returned function takes it back. */
export function publishAddresses(addresses: Addresses): () => void {
  writeFileSync(FILE, `${JSON.stringify(addresses, null, 2)}\n`)
  return () => rmSync(FILE, { force: true })
}

/** The addresses of the stack that runs in this folder, or `null`. What a killed stack has left does not count. */
export async function readAddresses(): Promise<Addresses | null> {
  const addresses = read()
  return addresses && (await answers(addresses.port)) ? addresses : null
}

/** The port of the stack to talk to: what `PORT` says, else that of the stack that runs in this folder, else the first one. */
export async function findPort(): Promise<number> {
  return process.env.PORT === undefined ? ((await readAddresses())?.port ?? FIRST_PORT) : portOf()
}

function read(): Addresses | null {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Addresses
  } catch {
    return null
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(Boolean(socket.end())))
    socket.once('error', () => resolve(false))
  })
}
