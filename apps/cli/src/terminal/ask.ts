import { createInterface } from 'node:readline/promises'

/** Asks on standard error, so that standard output stays for results. An empty answer is yes; end of input is no. */
export async function confirm(question: string, signal?: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('n')))
  // While it reads, the terminal gives Ctrl-C to this reader and to nobody else.
  lines.once('SIGINT', () => {
    process.stderr.write('\n')
    process.kill(process.pid, 'SIGINT')
  })
  signal?.addEventListener('abort', () => lines.close(), { once: true })
  try {
    const answer = await Promise.race([lines.question(`${question} [Y/n] `), ended])
    return /^(y|yes|)$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}

export const interactive = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true
