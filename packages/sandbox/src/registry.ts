import { closest } from 'fastest-levenshtein'
import { SandboxError } from './errors.js'
import type { Probe, SandboxDriver } from './spec.js'

/** Strongest first; `process` protects nothing and is last. */
const drivers = {
  docker: () => import('./adapters/docker.js'),
  bubblewrap: () => import('./adapters/bubblewrap.js'),
  wasm: () => import('./adapters/wasm.js'),
  process: () => import('./adapters/process.js'),
} satisfies Record<string, () => Promise<{ driver: SandboxDriver }>>

export type DriverName = keyof typeof drivers

export const driverNames = Object.keys(drivers) as readonly DriverName[]

/** The driver of that name. @throws SandboxError `unknown_driver`, naming the nearest. */
export async function driver(name: string): Promise<SandboxDriver> {
  if (!Object.hasOwn(drivers, name)) {
    const nearest = closest(name, [...driverNames])
    throw new SandboxError(
      'unknown_driver',
      `No sandbox driver "${name}". Did you mean "${nearest}"? There are: ${driverNames.join(', ')}.`,
    )
  }
  return (await drivers[name as DriverName]()).driver
}

export interface Choice {
  /** Absent where no driver that isolates works on this machine. */
  readonly driver?: SandboxDriver
  readonly probe?: Extract<Probe, { ok: true }>
  /** What was asked, in order, and what it said. */
  readonly tried: readonly { readonly name: string; readonly probe: Probe }[]
}

/** The strongest driver that works here, now. Never one that does not isolate. */
export async function strongest(options: { readonly exclude?: readonly string[] } = {}): Promise<Choice> {
  const tried: { name: string; probe: Probe }[] = []
  for (const name of driverNames) {
    if (options.exclude?.includes(name)) continue
    const candidate = await driver(name)
    if (!candidate.isolates) continue
    const probe = await candidate.probe()
    tried.push({ name, probe })
    if (probe.ok) return { driver: candidate, probe, tried }
  }
  return { tried }
}

/** For drivers of your own: types the object, nothing more. */
export function defineDriver(made: SandboxDriver): SandboxDriver {
  return made
}
