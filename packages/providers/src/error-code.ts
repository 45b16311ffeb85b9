/** The class of a fault. */
export type ProviderErrorCode =
  | 'auth'
  | 'permission'
  | 'not_found'
  | 'bad_request'
  | 'context_length'
  /** The model cannot call tools, or its server lets it not. */
  | 'no_tools'
  | 'rate_limit'
  | 'spend_cap'
  | 'overloaded'
  | 'server'
  | 'connect'
  | 'dns'
  | 'tls'
  /** The whole call's time ran out. */
  | 'timeout'
  /** No answer to the request within its time. */
  | 'timeout_headers'
  /** An answer began, but no token came. */
  | 'timeout_first_token'
  /** Tokens came, then none for too long. */
  | 'timeout_between_tokens'
  | 'content_filter'
  /** The connection broke in mid-reply. */
  | 'cut'
  /** The reply ended properly, but before it said why. */
  | 'incomplete'
  | 'malformed'
  /** Only cached replies were asked for, and there is none. */
  | 'cache_miss'
