/** An engine that is there, but not for this user: only a user who is not root can be refused. */
import { expect, test } from 'vitest'
import { docker } from '../src/adapters/docker.js'

const socket = process.env.BENCH_TEST_CLOSED_SOCKET

test('a socket that is not ours to use is "no permission", and how to get it', async (context) => {
  if (socket === undefined) context.skip('root may use any: as-user.test.ts runs this as somebody else')
  const probe = await docker({ host: `unix://${socket}` }).probe()
  expect(probe).toMatchObject({ ok: false, code: 'no_permission' })
  expect(!probe.ok && probe.reason).toMatch(/usermod -aG docker/)
})
