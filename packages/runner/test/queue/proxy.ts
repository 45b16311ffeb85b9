import { connect, createServer, type Socket } from 'node:net'

/** A way to a Postgres that can be closed, silently or not, and opened again: the Postgres itself stays what it is. */
export async function wayTo(url: string) {
  const { port } = new URL(url)
  const sockets = new Set<Socket>()
  let [open, silent] = [true, false]
  const server = createServer((near) => {
    if (!open) return void near.destroy()
    const far = connect(Number(port), '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
      if (silent) from.pause()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.port = String((server.address() as { port: number }).port)
  return {
    url: through.href,
    /** Every connection breaks, and none is made any more. */
    cut() {
      open = false
      for (const socket of sockets) socket.destroy()
    },
    /** Nothing comes through any more, and nobody is told. */
    stall() {
      silent = true
      for (const socket of sockets) socket.pause()
    },
    restore() {
      open = true
      silent = false
      for (const socket of sockets) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
