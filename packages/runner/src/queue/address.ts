import { addSecret, withoutSecrets } from '@bench/providers'
import { RunnerError } from '../errors.js'

/** Where a queue is. */
export interface Address {
  /** As Postgres' clients take it, password and all. */
  readonly url: string
  /** For people: `postgres://user:***@host/db`. */
  readonly label: string
}

/**
 * Reads `postgres://user:password@host:port/database`. From here on its password is taken out of whatever is written.
 *
 * @throws RunnerError `queue` where it is none
 */
export function readAddress(url: string): Address {
  const parts = /^(postgres(?:ql)?:\/\/)([^/?#]*)(.*)$/s.exec(url)
  if (parts === null)
    throw new RunnerError(
      'queue',
      'the queue must be a Postgres: postgres://user:password@host:5432/database',
    )
  const [, scheme = '', authority = '', rest = ''] = parts
  refuseUnreadable(url, authority, rest)
  const at = authority.lastIndexOf('@')
  const [user = '', ...secret] = authority.slice(0, Math.max(0, at)).split(':')
  const password = secret.join(':')
  const asked = new URLSearchParams(rest.split('?')[1] ?? '').get('password') ?? ''
  for (const each of [password, decoded(password), asked, process.env.PGPASSWORD]) addSecret(each)
  const shown = at < 0 ? '' : `${user}${password === '' ? '' : ':***'}@`
  const tail = rest.replace(/([?&]password=)[^&]*/g, '$1***')
  // The driver holds the three for one, and warns of it in several lines.
  const plain = url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full')
  return { url: plain, label: withoutSecrets(`${scheme}${shown}${authority.slice(at + 1)}${tail}`) }
}

/** What is wrong with it is told without it: a password may be anywhere in what cannot be read. */
function refuseUnreadable(url: string, authority: string, rest: string): void {
  const [path = '', query = ''] = rest.split('?')
  if (/[@#]/.test(path) || (!authority.includes('@') && query.includes('@')))
    throw new RunnerError(
      'queue',
      "the queue's URL cannot be read: write @, #, / and ? in its user or password as %40, %23, %2F and %3F",
    )
  try {
    // Without a host it is this machine.
    decodeURIComponent(authority)
    new URL(url.replace('@/', '@localhost/'))
  } catch {
    throw new RunnerError(
      'queue',
      "the queue's URL cannot be read: its port is from 1 to 65535, and % in its password is written %25",
    )
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
