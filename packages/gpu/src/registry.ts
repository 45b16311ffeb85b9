import type { GpuMonitor } from './spec.js'

/** Asked in this order. */
const monitors = {
  'nvidia-smi': () => import('./adapters/nvidia-smi.js'),
  'rocm-smi': () => import('./adapters/rocm-smi.js'),
} satisfies Record<string, () => Promise<{ monitor: GpuMonitor }>>

export const monitorNames = Object.keys(monitors) as readonly (keyof typeof monitors)[]

/**
 * The first monitor whose tool is here and names a GPU. Where there is none, one that says so when probed and
 * has no samples. Never throws.
 */
export async function monitor(): Promise<GpuMonitor> {
  const reasons: string[] = []
  for (const name of monitorNames) {
    const { monitor: candidate } = await monitors[name]()
    const probe = await candidate.probe()
    if (probe.ok) return candidate
    reasons.push(probe.reason)
  }
  return {
    name: 'none',
    probe: async () => ({ ok: false, reason: reasons.join('; ') }),
    samples: async function* () {},
  }
}

/** For monitors of your own: types the object, nothing more. */
export function defineMonitor(made: GpuMonitor): GpuMonitor {
  return made
}
