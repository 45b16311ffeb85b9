/** One scripted reply. */
export interface Exchange {
  /** 200 by default. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Several chunks are written one by one, each flushed before the next. */
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[]
  /**
   * What follows the body. `end` (the default) closes the reply properly; `cut` tears the connection; `hang` keeps it
   * open until the server is disposed.
   */
  readonly ending?: 'end' | 'cut' | 'hang'
}
