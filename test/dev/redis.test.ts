import { Redis } from '@upstash/redis/cloudflare'
import { describe, expect, test } from 'vitest'
import { addFault } from './control.ts'
import { cloud } from '../support/cloud.ts'

const url = cloud.redisUrl
const redis = new Redis({ url, token: 'any', retry: { retries: 0 } })
const key = () => `dev:${crypto.randomUUID()}`
const post = (path: string, body: string) => fetch(`${url}${path}`, { method: 'POST', body })

describe('as the Upstash client speaks', () => {
  test('commands, hashes and scripts', async () => {
    const name = key()
    expect(await redis.set(name, '멍이', { nx: true, ex: 60 })).toBe('OK')
    expect(await redis.set(name, 'second', { nx: true })).toBeNull()
    expect(await redis.get(name)).toBe('멍이')
    expect(await redis.expire(name, 600, 'NX')).toBe(0)
    expect(await redis.expire(name, 600, 'gt')).toBe(1)
    expect(await redis.ttl(name)).toBeGreaterThan(60)
    expect(await redis.hset(`${name}:h`, { a: 'x', b: 'y' })).toBe(2)
    expect(await redis.hgetall(`${name}:h`)).toEqual({ a: 'x', b: 'y' })
    expect(await redis.hgetall(`${name}:none`)).toBeNull()
    const script = redis.createScript<number>(`return redis.call('INCRBY', KEYS[1], ARGV[1])`)
    expect(await script.exec([`${name}:n`], ['5'])).toBe(5)
    expect(await script.exec([`${name}:n`], ['5'])).toBe(10)
  })

  test('pipelines answer each command, transactions too', async () => {
    const name = key()
    expect(await redis.pipeline().incr(name).incr(name).expire(name, 60).exec()).toEqual([1, 2, 1])
    expect(await redis.multi().incr(name).get(name).exec()).toEqual([3, 3])
  })
})

describe('over plain HTTP', () => {
  test('paths are commands too', async () => {
    const name = key()
    expect(await (await fetch(`${url}/set/${name}/va%2Flue?EX=100`)).json()).toEqual({ result: 'OK' })
    expect(await (await fetch(`${url}/get/${name}?_token=x`)).json()).toEqual({ result: 'va/lue' })
    expect(await (await post(`/set/${name}`, 'from the body')).json()).toEqual({ result: 'OK' })
    expect(await (await fetch(`${url}/get/${name}`)).json()).toEqual({ result: 'from the body' })
  })

  test.each([
    ['/', ''],
    ['/', '{}'],
    ['/', '[]'],
    ['/pipeline', '["get","a"]'],
    ['/', '["NOSUCH"]'],
    ['/', '["SUBSCRIBE","a"]'],
  ])('%s with %s is 400', async (path, body) => {
    const response = await post(path, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.stringContaining('ERR') })
  })
})

test('faults: cut after the command ran, and fake errors', async () => {
  const name = key()
  await addFault({ host: 'redis', key: name, cut: 'after' })
  await addFault({ host: 'redis', key: name, status: 500, body: { error: 'ERR down' } })
  await expect(redis.incr(name)).rejects.toThrow(/connection|network|disconnected/i)
  await expect(redis.incr(name)).rejects.toThrow('ERR down')
  expect(await redis.incr(name)).toBe(2)
})
