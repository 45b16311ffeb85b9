export interface TestPostgres extends AsyncDisposable {
  readonly port: number
  /** Of user `bench`. */
  readonly password: string
  /** Of the database `postgres`. */
  readonly url: string
  urlOf(database: string): string
  /** A new database. @returns its URL */
  createDatabase(): Promise<string>
  /** All that is in a database, as SQL. */
  dump(url: string): Promise<string>
  start(): Promise<void>
  /** @param signal SIGINT, the default, shuts down at once; SIGKILL is a crash */
  stop(signal?: NodeJS.Signals): Promise<void>
}
export function postgresPrograms(): string | undefined
export function startPostgres(options?: {
  readonly settings?: Readonly<Record<string, string | number>>
}): Promise<TestPostgres>
