import { Exit, exit } from '../exit.js'

/**
 * An endpoint is given the key of whoever is asked there: no provider's key goes to another's server.
 * @param providers those that are to be asked
 * @throws Exit `usage` where they are several
 */
export function oneEndpoint(providers: readonly string[]): void {
  const [one, other] = new Set(providers)
  if (one === undefined || other === undefined) return
  throw new Exit(
    exit.usage,
    `--endpoint is one server, and ${one} and ${other} are two providers, whose keys it must not both see: ask them one at a time`,
  )
}
