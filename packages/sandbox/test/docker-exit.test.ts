import { expect, test } from 'vitest'
import { exitOf } from '../src/docker/exit.js'

// As engines told of a command that ended with 3: before it began, while it ran, after it. Docker 20.10, podman 4.3.
const told = {
  docker: [
    { Running: false, ExitCode: null, CanRemove: false, Pid: 0 },
    { Running: true, ExitCode: null, CanRemove: false, Pid: 18440 },
    { Running: false, ExitCode: 3, CanRemove: true, Pid: 18440 },
  ],
  podman: [
    { Running: false, ExitCode: 0, CanRemove: false, Pid: 0 },
    { Running: true, ExitCode: 0, CanRemove: false, Pid: 20411 },
    { Running: false, ExitCode: 3, CanRemove: true, Pid: 0 },
  ],
}

for (const [name, states] of Object.entries(told))
  test(`${name}: a command that has yet to begin has not ended`, async () => {
    const left = [...states]
    const exec = { inspect: async () => left.shift() ?? states.at(-1) }
    const never = new Promise<void>(() => {})
    const exit = await exitOf({ podman: name === 'podman' }, exec as Parameters<typeof exitOf>[1], never)
    expect(exit).toEqual({ code: 3, signal: null })
    expect(left).toEqual([])
  })
