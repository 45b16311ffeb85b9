/** Real recordings of the vendors' tools, and scripts that stand in for the tools by printing them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../../shared/data/gpu/', import.meta.url))

/** Absent on machines without the recordings; in CI that is a fault. */
export const recordings = existsSync(folder) ? folder : undefined
if (recordings === undefined) {
  if (process.env.CI) throw new Error(`No recordings in ${folder}: CI must have them.`)
  console.log(`Skipped: tests against recordings, for there is no ${folder}.`)
}

export function namesOf(kind: 'nvidia-smi' | 'telegraf', ending: string): string[] {
  if (recordings === undefined) return []
  return readdirSync(join(recordings, kind)).filter((name) => name.endsWith(ending))
}

export function recording(kind: 'nvidia-smi' | 'telegraf', name: string): string {
  return readFileSync(join(recordings ?? folder, kind, name), 'utf8')
}

/** The columns that we ask for, from a recording of all columns, cell by cell as they were printed. */
export function queryRows(recorded: string, state: 'idle' | 'load'): string[][] {
  const section = recorded.split(`# ${state} :: query-gpu`)[1] ?? ''
  const [header = '', ...rest] = section.split(/\r?\n/).slice(3)
  const columns = header.split(', ').map((column) => column.replace(/ \[.*\]$/, ''))
  const wanted = [
    'index',
    'name',
    'utilization.gpu',
    'memory.used',
    'memory.total',
    'power.draw',
    'temperature.gpu',
  ]
  const rows = rest.slice(
    0,
    rest.findIndex((line) => line.trim() === ''),
  )
  return rows.map((row) => {
    const cells = row.split(', ')
    return wanted.map((column) => cells[columns.indexOf(column)] ?? '')
  })
}

/** As `--format=csv,noheader,nounits` prints them. */
export function withoutUnits(rows: readonly string[][]): string {
  return rows.map((cells) => `${cells.map((cell) => cell.replace(/ (%|MiB|W)$/, '')).join(', ')}\n`).join('')
}

export interface StandIn extends AsyncDisposable {
  readonly command: string
  readonly folder: string
}

/** A program of its own that runs `script` in Node, under a name that could be on PATH. */
export async function standIn(name: string, script: string): Promise<StandIn> {
  const scratch = await mkdtemp(join(tmpdir(), 'bench-gpu-'))
  const command = join(scratch, name)
  await writeFile(command, `#!${process.execPath}\n${script}`)
  await chmod(command, 0o755)
  return {
    command,
    folder: scratch,
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  }
}

/** Prints `text` once, or over and over where it is asked to repeat, as nvidia-smi does. */
export function printing(text: string): string {
  return `
    const every = process.argv.indexOf('-lms')
    const print = () => process.stdout.write(${JSON.stringify(text)})
    print()
    if (every > 0) setInterval(print, Number(process.argv[every + 1]))
  `
}
