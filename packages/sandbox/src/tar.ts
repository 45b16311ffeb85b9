/** A box's files, by a `tar` that runs in the box: the host follows no path inside. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, type Headers, pack } from 'tar-stream'
import { SandboxError } from './errors.js'
import { checkPath } from './paths.js'
import type { ExecOptions, ExecResult, Files, Limits } from './spec.js'

type Exec = (command: readonly string[], options: ExecOptions) => Promise<ExecResult>

/** A way into the box that is not the code's: a time limit of its own. */
const trusted = { timeoutSec: 30 }

/** @throws SandboxError `bad_path`, or `failed` where the box has no room */
export async function writeFiles(exec: Exec, files: Files): Promise<void> {
  const entries = Object.entries(files)
  for (const [path] of entries) checkPath(path)
  if (entries.length === 0) return
  const archive = pack()
  for (const [name, content] of entries)
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, Buffer.from(content))
  archive.finalize()
  // Recorded times are not set: what was written is as new as it is.
  const command = ['tar', '-x', '-m', '--no-same-owner', '-f', '-']
  const result = await exec(command, { stdin: await buffer(archive), limits: trusted })
  if (result.code === 0) return
  const said = new TextDecoder().decode(result.stderr).split('\n', 1)[0]
  throw new SandboxError(
    'failed',
    `Could not write ${entries.length} files into the box: ${said || result.reason}`,
  )
}

/** Regular files of at most `diskBytes` together; the rest is absent. @throws SandboxError `bad_path` */
export async function readFiles(exec: Exec, paths: readonly string[], limits: Limits): Promise<Files> {
  if (paths.length === 0) return {}
  // Folders on the way are listed too: one that comes back as a link is not followed.
  const wanted = new Set(paths.flatMap((path) => ancestors(checkPath(path))))
  const command = ['tar', '-c', '--no-recursion', '--hard-dereference', '-f', '-', '--', ...wanted]
  const outputBytes = limits.diskBytes + 4096 * (wanted.size + 20)
  const { stdout } = await exec(command, { limits: { ...trusted, outputBytes } })
  const found = await entriesOf(stdout)
  const read = paths.flatMap((path) => {
    const plain = ancestors(path).every(
      (step) => found.get(step)?.type === (step === path ? 'file' : 'directory'),
    )
    const entry = found.get(path)
    return plain && entry ? [[path, entry.content] as const] : []
  })
  return Object.fromEntries(read)
}

interface Entry {
  readonly type: Headers['type']
  readonly content: Uint8Array
}

/** The whole entries of an archive, which may be cut off anywhere. */
async function entriesOf(archive: Uint8Array): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>()
  const reader = extract()
  reader.on('entry', ({ name, type, size = 0 }, stream, next) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const content = new Uint8Array(Buffer.concat(chunks))
      if (content.length === size) found.set(name.replace(/\/$/, ''), { type, content })
      next()
    })
  })
  await new Promise<void>((resolve) => {
    reader.once('finish', resolve)
    reader.once('error', () => resolve()) // Cut off at the cap: what came before it stands.
    Readable.from([archive]).pipe(reader)
  })
  return found
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function ancestors(path: string): string[] {
  const names = path.split('/')
  return names.map((_, i) => names.slice(0, i + 1).join('/'))
}
