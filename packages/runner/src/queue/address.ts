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
  const at = authority.lastIndexOf('@')
  const [user = '', ...secret] = authority.slice(0, Math.max(0, at)).split(':')
  const password = secret.join(':')
  const asked = new URLSearchParams(rest.split('?')[1] ?? '').get('password') ?? ''
  for (const each of [password, decoded(password), asked, process.env.PGPASSWORD]) addSecret(each)
  const shown = at < 0 ? '' : `${user}${password === '' ? '' : ':***'}@`
  const tail = rest.replace(/([?&]password=)[^&]*/g, '$1***')
  return { url, label: withoutSecrets(`${scheme}${shown}${authority.slice(at + 1)}${tail}`) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
