import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { readAddress } from '../../src/queue/address.js'
import { openDatabase } from '../../src/queue/database.js'

/** A message of Postgres' protocol, version 3. */
function message(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const ready = message('Z', 'I')
const ended = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'

test('a Postgres that says in one breath that it is ready and that it ends is one that went away', async () => {
  const stop = new AbortController()
  let connections = 0
  await using server = createServer((socket) => {
    socket.on('error', () => undefined)
    const first = ++connections === 1
    // Whoever comes once more has outlived those words.
    if (connections === 4) stop.abort()
    socket.once('data', () => {
      const welcome = Buffer.concat([message('R', Buffer.alloc(4)), ready])
      if (!first) {
        socket.end(Buffer.concat([welcome, message('E', ended)]))
        return
      }
      socket.write(welcome)
      socket.once('data', () => socket.end(Buffer.concat([message('C', 'SELECT 1\0'), ready])))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const address = readAddress(`postgres://bench:x@127.0.0.1:${port}/bench`)
  await using database = await openDatabase(address, { signal: stop.signal })
  // A fault that nobody hears ends the process.
  await expect(database.query('select 2')).rejects.toMatchObject({ name: 'AbortError' })
})
