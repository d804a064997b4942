import { createTestDeps } from './api.ts'

/** This run's bucket with some of its methods replaced. */
export function bucketWith(overrides: Partial<Pick<R2Bucket, 'put' | 'get' | 'list' | 'delete' | 'head'>>): R2Bucket {
  const { bucket } = createTestDeps()
  const bound = { put: bucket.put, get: bucket.get, list: bucket.list, delete: bucket.delete, head: bucket.head }
  const methods = Object.fromEntries(Object.entries(bound).map(([name, method]) => [name, (method as () => unknown).bind(bucket)]))
  return { ...methods, ...overrides } as R2Bucket
}
