import { readFileSync } from 'node:fs'

/** Version of `@bench/cli`, from its own manifest: one level up from `src` and from `dist` alike. */
export const version: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version
