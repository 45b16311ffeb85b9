/** One scripted reply. */
export interface Exchange {
  /** 200 by default. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Several chunks are written one by one, each flushed before the next. */
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[]
  /** Written to the connection as it is, in place of an HTTP reply; empty for none at all. */
  readonly raw?: string | Uint8Array
  /** Milliseconds to wait: before the headers, before the body, before each chunk of it but the first. */
  readonly waits?: { readonly headers?: number; readonly body?: number; readonly chunks?: number }
  /** The connection is torn once so many bytes of the body are written. */
  readonly cutAt?: number
  /**
   * What follows the body. `end` (the default) closes the reply properly; `cut` tears the connection; `hang` keeps it
   * open until the server is disposed.
   */
  readonly ending?: 'end' | 'cut' | 'hang'
}
