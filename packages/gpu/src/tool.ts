/** Running a vendor's tool so that whatever it does, the run it watches is not disturbed. */
import { type ChildProcess, spawn } from 'node:child_process'

/** Longest line and most output read of a tool: a broken one must not fill our memory. */
const mostBytes = 2 ** 20

/** One that hangs inside its driver can't even be killed: it is not waited for longer than this. */
const goodbyeMs = 1000

export type Output =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly why: string }

/** Runs a tool to its end, for `patienceMs` at most. Never throws. */
export async function output(
  command: string,
  args: readonly string[],
  { signal, patienceMs }: { signal?: AbortSignal; patienceMs: number },
): Promise<Output> {
  const ending = ended(signal, patienceMs)
  try {
    let stdout = ''
    const why = await follow(command, args, ending.signal, (chunk) => {
      stdout += chunk
      if (stdout.length > mostBytes) ending.abort(`printed more than ${mostBytes} bytes`)
    })
    if (why === undefined) return { ok: true, stdout }
    // The tools say what is wrong on stdout.
    const [said = ''] = stdout.trim().split(/[\r\n]/)
    return { ok: false, why: said === '' ? why : `${why}: ${said.slice(0, 200)}` }
  } finally {
    ending.close()
  }
}

/**
 * The lines of a tool that keeps printing, as they come. Ends when the tool does, when it says nothing for
 * `patienceMs`, or at the signal; the tool is ended then too, as where nobody reads on. Never throws.
 */
export async function* lines(
  command: string,
  args: readonly string[],
  { signal, patienceMs }: { signal: AbortSignal; patienceMs: number },
): AsyncGenerator<string, void> {
  const ending = ended(signal, patienceMs)
  const ready: string[] = []
  let partial = ''
  let over = false
  let wake = () => {}
  const finished = follow(command, args, ending.signal, (chunk) => {
    ending.refresh()
    const parts = (partial + chunk).split(/\r\n|\n|\r/)
    partial = parts.pop() ?? ''
    ready.push(...parts)
    if (partial.length > mostBytes) ending.abort('a line without end')
    wake()
  }).then(() => {
    over = true
    wake()
  })
  try {
    while (true) {
      while (ready.length > 0) yield ready.shift() as string
      if (over) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (partial !== '') yield partial
  } finally {
    ending.abort('no longer read')
    await finished
    ending.close()
  }
}

/** @returns Undefined where the tool ended well, else why it did not. */
function follow(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  onChunk: (chunk: string) => void,
): Promise<string | undefined> {
  if (signal.aborted) return Promise.resolve(String(signal.reason))
  return new Promise((resolve) => {
    let child: ChildProcess
    try {
      child = spawn(command, args, {
        env: plainEnv(),
        stdio: ['ignore', 'pipe', 'ignore'],
        windowsHide: true,
      })
    } catch (error) {
      return resolve(error instanceof Error ? error.message : String(error))
    }
    let goodbye: NodeJS.Timeout | undefined
    const settle = (why: string | undefined) => {
      clearTimeout(goodbye)
      signal.removeEventListener('abort', kill)
      resolve(signal.aborted ? `${command}: ${signal.reason}` : why)
    }
    const kill = () => {
      child.kill('SIGKILL')
      child.unref()
      // What the tool may have started can hold the pipe open long after it.
      child.stdout?.destroy()
      goodbye = setTimeout(settle, goodbyeMs, undefined)
    }
    signal.addEventListener('abort', kill, { once: true })
    child.stdout?.setEncoding('utf8').on('data', onChunk)
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ENOENT' ? `${command} is not on PATH` : `${command}: ${error.message}`),
    )
    child.on('close', (code, by) => settle(code === 0 ? undefined : `${command} ended with ${code ?? by}`))
  })
}

/** One end for three causes: the caller's signal, silence, and our own decision. */
function ended(signal: AbortSignal | undefined, patienceMs: number) {
  const controller = new AbortController()
  const onAbort = () => controller.abort('aborted')
  const timer = setTimeout(() => controller.abort(`no answer within ${patienceMs / 1000} s`), patienceMs)
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  return {
    signal: controller.signal,
    abort: (why: string) => controller.abort(why),
    refresh: () => void timer.refresh(),
    close() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}

/** What a tool needs to be found and to run. Keys in our environment are no business of it. */
function plainEnv(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP']
  const kept = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  // Numbers with a point, words in English.
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}
