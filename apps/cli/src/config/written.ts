import { Exit, exit } from '../exit.js'

export type Path = readonly (string | number)[]

/** A configuration as it is written, before anything is made of it. */
export interface Written {
  /** As a person names it. */
  readonly file: string
  readonly value: unknown
  /** The line, from 1, where a place of it is written; undefined where it has none, being code. */
  line(path: Path): number | undefined
}

/** `bench.config.yaml:12: what is wrong`. */
export const fault = (file: string, what: string, line?: number): Exit =>
  new Exit(exit.usage, `${file}${line === undefined ? '' : `:${line}`}: ${what}`)
