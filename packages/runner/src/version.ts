import { readFileSync } from 'node:fs'

/** Version of `@bench/runner`, from its own manifest; `unknown` where a bundler has taken it away from there. */
export function version(): string {
  try {
    // One level up from `src` and from `dist` alike.
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    return manifest.name === '@bench/runner' ? manifest.version : 'unknown'
  } catch {
    return 'unknown'
  }
}
