export default {
  api: {
    input: { target: '../../test/contract/openapi.snapshot.json' },
    output: { target: 'generated/orval/api.ts', client: 'fetch', mode: 'single' },
  },
}
