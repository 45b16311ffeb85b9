import { withoutSecrets } from '@bench/providers'
import { RunnerError } from '../errors.js'
import type { Address } from './address.js'

const lost = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // Shut down, crashed, starting up; too many are connected: https://www.postgresql.org/docs/current/errcodes-appendix.html
  '57P01',
  '57P02',
  '57P03',
  '53300',
  // Silent for too long in the middle of a transaction.
  '25P03',
])

/** What `pg` throws without a code. */
const lostMessages =
  /connection terminated|connection error|timeout exceeded when trying to connect|not queryable/i

/** Whether Postgres went away, so that the same may work later. */
export function isLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return (
    lost.has(code ?? '') ||
    (code ?? '').startsWith('08') ||
    (code === undefined && lostMessages.test(message ?? ''))
  )
}

/** Two transactions were in each other's way: the same works at once. */
export const isClash = (error: unknown): boolean =>
  ['40001', '40P01'].includes((error as { code?: string }).code ?? '')

/** What a person needs to hear of a fault of Postgres. */
export function queueError(error: unknown, { label }: Address): RunnerError {
  if (error instanceof RunnerError) return error
  const { code = '', message } = error as { code?: string; message: string }
  const said = withoutSecrets(message.split('\n')[0] ?? '')
  if (/password must be a string/.test(message))
    return new RunnerError(
      'queue_auth',
      `Postgres asks for a password at ${label}: put it into the URL, or set PGPASSWORD`,
      error,
    )
  if (code === '28P01' || code === '28000' || /SASL/.test(message))
    return new RunnerError('queue_auth', `Postgres refuses the user or password of ${label}: ${said}`, error)
  if (code === '3D000')
    return new RunnerError('queue', `${said} at ${label}: create it with createdb, or name another`, error)
  if (code === '42501')
    return new RunnerError('queue', `${said} at ${label}: grant its user create on the database`, error)
  if (isLost(error))
    return new RunnerError(
      'queue',
      `no Postgres answers at ${label} (${said}): start it, or name another`,
      error,
    )
  return new RunnerError('queue', `Postgres at ${label} says: ${said}`, error)
}
