import { access, constants, mkdir } from 'node:fs/promises'
import { monitor } from '@bench/gpu'
import { listModels, provider, providerNames } from '@bench/providers'
import { driver, driverNames } from '@bench/sandbox'
import { type ExitCode, exit } from '../exit.js'
import { cacheFolder } from '../preset.js'
import { check } from '../terminal/table.js'
import { version } from '../version.js'

export interface DoctorOptions {
  readonly output: string
}

/** Looks at everything a run may need and says what is missing, without calling a model. */
export async function doctor(options: DoctorOptions): Promise<ExitCode> {
  const say = (state: 'ok' | 'absent' | 'bad', text: string) => process.stdout.write(check(state, text))
  say('ok', `bench ${version}, node ${process.versions.node}, ${process.platform} ${process.arch}`)

  let usable = false
  for (const name of driverNames) {
    const found = await driver(name)
    if (!found.isolates) {
      continue
    }
    const probe = await found.probe()
    if (probe.ok) {
      usable = true
      const runtimes = Object.entries(probe.runtimes).map(
        ([language, runtime]) => `${language} ${runtime.version}`,
      )
      say('ok', [`sandbox ${name}: ${probe.version}`, ...runtimes, ...probe.notes].join(', '))
    } else {
      say('absent', `sandbox ${name}: ${probe.reason}`)
    }
  }

  for (const name of providerNames) {
    const found = await provider(name)
    if (found.keyVariable !== undefined && found.local !== true) {
      const set = Boolean(process.env[found.keyVariable])
      say(
        set ? 'ok' : 'absent',
        set ? `${name}: ${found.keyVariable} is set` : `${name}: no ${found.keyVariable}`,
      )
    } else if (name === 'ollama') {
      const listed = await listModels(name, {}, process.env).then(
        (models) => ({ state: 'ok' as const, text: `ollama: ${models.length} models` }),
        (error: unknown) => ({
          state: 'absent' as const,
          text: error instanceof Error ? error.message : String(error),
        }),
      )
      say(listed.state, listed.text)
    }
  }

  const gpu = await (await monitor()).probe()
  say(
    gpu.ok ? 'ok' : 'absent',
    gpu.ok ? `gpu: ${gpu.gpus.map((each) => each.name).join(', ')} (${gpu.tool})` : `gpu: ${gpu.reason}`,
  )

  const writable = await mkdir(options.output, { recursive: true })
    .then(() => access(options.output, constants.W_OK))
    .then(() => true)
    .catch(() => false)
  say(
    writable ? 'ok' : 'bad',
    writable
      ? `results in ${options.output}`
      : `cannot write to ${options.output}: name another with --output`,
  )
  say('ok', `cache in ${cacheFolder()}`)
  return !writable ? exit.usage : usable ? exit.complete : exit.noSandbox
}
