import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { AgentBox } from './server.js'

/** An agent that is a child of ours. When it is dead, so is all it started: the kernel or its templates see to it. */
export function boxOf(child: ChildProcessWithoutNullStreams, after: () => Promise<void> | void): AgentBox {
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-2000)
  })
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    // What a job has left may hold its streams: nothing ends that here.
    child.once('exit', () => setTimeout(resolve, 100))
    child.once('error', (error) => {
      said = error.message
      resolve()
    })
  })
  let ending: Promise<void> | undefined
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended: closed.then(() => said.trim().split('\n').at(-1) ?? ''),
    kill() {
      child.kill('SIGKILL')
      ending ??= closed.then(() => {
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
        return after()
      })
      return ending
    },
  }
}
