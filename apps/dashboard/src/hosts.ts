import type { MiddlewareHandler } from 'hono'

const own = ['localhost', '127.0.0.1', '[::1]']

/**
 * Answers only requests that were meant for this server: a page of another site that points its own name at this
 * machine (DNS rebinding) sends its own name as Host, and gets nothing.
 *
 * @param more names this server is reached by besides the loopback ones, without a port
 */
export function allowHosts(more: readonly string[] = []): MiddlewareHandler {
  const allowed = new Set([...own, ...more.map((host) => host.toLowerCase())])
  return async (c, next) => {
    const host = (c.req.header('host') ?? '').toLowerCase().replace(/:\d+$/, '')
    if (!allowed.has(host))
      return c.text('This server does not answer to that host name. Open it as http://127.0.0.1.\n', 403)
    return next()
  }
}
