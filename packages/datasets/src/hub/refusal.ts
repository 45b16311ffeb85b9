import { DatasetError } from '../errors.js'

/** What a refusal means on the hub, and what to do about it. */
export function explainRefusal(
  repo: string,
  revision: string,
  error: unknown,
  { token }: { readonly token?: string | undefined },
): unknown {
  if (!(error instanceof DatasetError)) return error
  const code = error.cause instanceof Error ? error.cause.message : ''
  const say = (kind: 'unauthorized' | 'not_found', what: string) =>
    new DatasetError(kind, `hf:${repo}: ${what}`, error)
  if (code === 'RevisionNotFound')
    return say('not_found', `has no revision ${JSON.stringify(revision)}; try @main`)
  if (code === 'GatedRepo')
    return say(
      'unauthorized',
      `is gated: accept its terms on its page${token === undefined ? ', then set HF_TOKEN' : ' with the account of HF_TOKEN'}`,
    )
  if (code === 'HTTP 401' && token !== undefined)
    return say('unauthorized', 'HF_TOKEN is not accepted; make a new one, or unset it')
  if (error.code === 'unauthorized' || error.code === 'not_found') {
    const next =
      token === undefined
        ? 'check its name; if it is private, set HF_TOKEN'
        : 'check its name; HF_TOKEN may not read it'
    return say(
      error.code,
      `no such dataset, or it is private: ${next}${repo.includes('/') ? '' : '; names are org/name'}`,
    )
  }
  return error
}
