import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type ListenOptions } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { attempt } from './attempt.js'
import { type Case, python } from './case.js'

/** Nothing is reached: neither this machine nor what lies behind it. */
export const network: readonly Case[] = [
  unreachable(
    'no TCP to the host',
    { host: '127.0.0.1', port: 0 },
    (port) => `('127.0.0.1', ${port})`,
    'AF_INET',
  ),
  unreachable(
    'no TCP to the host by IPv6',
    { host: '::1', port: 0 },
    (port) => `('::1', ${port})`,
    'AF_INET6',
  ),
  unreachable('no abstract socket of the host', { path: `\0bench-${randomBytes(8).toString('hex')}` }),
  {
    name: 'no socket file of the host, whoever may use it',
    contains: true,
    async run(at) {
      const folder = mkdtempSync(join(tmpdir(), 'bench-socket-'))
      chmodSync(folder, 0o777)
      try {
        await unreachable('', { path: join(folder, 'open') }).run(at)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  },
  {
    name: 'no datagram to the host',
    contains: true,
    async run({ open }) {
      const socket = createSocket('udp4')
      socket.bind(0, '127.0.0.1')
      await once(socket, 'listening')
      let arrived = 0
      socket.on('message', () => {
        arrived++
      })
      try {
        await using box = await open()
        const code = `import socket
try:
    for _ in range(3): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', ${socket.address().port}))
except Exception: pass
print('tried')`
        expect(await python(box, code)).toMatchObject({ code: 0, out: 'tried\n' })
        expect(arrived).toBe(0)
      } finally {
        socket.close()
      }
    },
  },
  attempt(
    'no route to anywhere, over either protocol',
    `import socket
# A datagram socket that is connected has asked for a route, and has sent nothing. Addresses for documentation.
tries('IPv4', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9)))
tries('IPv6', lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect(('2001:db8::1', 9)))
tries('broadcast', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('255.255.255.255', 9)))`,
  ),
  attempt(
    'the name of the host is not told',
    `import socket
tries('a name', lambda: socket.gethostname() == ${JSON.stringify(hostname())})
tries('another', lambda: open('/etc/hostname').read().strip() == ${JSON.stringify(hostname())})`,
  ),
  attempt(
    'no raw socket and no packet socket',
    `import socket
for family, kind, protocol in ((2, 3, 1), (10, 3, 58), (2, 3, 255), (17, 3, 3), (17, 2, 3), (17, 10, 3)):
    tries((family, kind), lambda: socket.socket(family, kind, protocol).close())`,
  ),
  attempt(
    'no socket of another kind: virtual machines, cryptography, express data path',
    `import socket
for family in (15, 21, 26, 29, 30, 31, 32, 33, 35, 38, 39, 40, 41, 42, 43, 44, 45):
    for kind in (1, 2, 3, 5): tries((family, kind), lambda: socket.socket(family, kind, 0).close())`,
  ),
  attempt(
    'no interface can be changed',
    `import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    name = b'lo'.ljust(16, bytes(1))
    flags = fcntl.ioctl(control, 0x8913, name + bytes(24))[16:18]
    # Set to what it is.
    tries('flags', lambda: fcntl.ioctl(control, 0x8914, name + flags + bytes(22)))
    mtu = fcntl.ioctl(control, 0x8921, name + bytes(24))[16:20]
    tries('size', lambda: fcntl.ioctl(control, 0x8922, name + mtu + bytes(20)))`,
    { native: true },
  ),
]

function unreachable(
  name: string,
  where: ListenOptions,
  address = (_port: number) => JSON.stringify(where.path),
  family = 'AF_UNIX',
): Case {
  return {
    name,
    contains: true,
    async run({ open }) {
      let reached = 0
      const server = createServer((socket) => {
        reached++
        socket.destroy()
      })
      server.listen(where)
      await once(server, 'listening')
      if (where.path !== undefined && !where.path.startsWith('\0')) chmodSync(where.path, 0o777)
      const port = where.path === undefined ? (server.address() as AddressInfo).port : 0
      try {
        await using box = await open()
        const code = `import socket
address = ${address(port)}
# Some servers take all of the field for an abstract name.
for where in [address] + ([address.ljust(108, chr(0))] if address[0] == chr(0) else []):
    try:
        with socket.socket(socket.${family}, socket.SOCK_STREAM) as s:
            s.settimeout(2); s.connect(where); s.recv(1)
        print('REACHED')
    except Exception: pass
print('tried')`
        expect(await python(box, code)).toMatchObject({ code: 0, out: 'tried\n' })
        expect(reached).toBe(0)
      } finally {
        server.close()
      }
    },
  }
}
