import { existsSync } from 'node:fs'
import { driver, type ToolChain } from '@bench/sandbox'
import { describe, expect, it } from 'vitest'

const bubblewrap = await driver('bubblewrap')
const probe = await bubblewrap.probe()

const programs: Readonly<
  Record<ToolChain, readonly [place: string, file: string, text: string, compile: string]>
> = {
  cpp: ['/usr/bin/g++', 'a.cpp', 'int main() { return 42; }', '"$0" a.cpp -o a && ./a'],
  rust: ['/usr/bin/rustc', 'a.rs', 'fn main() { std::process::exit(42) }', '"$0" a.rs && ./a'],
  java: [
    '/usr/bin/javac',
    'A.java',
    'class A { public static void main(String[] a) { System.exit(42); } }',
    '"$0" A.java && "$(dirname "$0")/java" -Xmx64m A',
  ],
  go: [
    '/usr/bin/go',
    'a.go',
    'package main\nimport "os"\nfunc main() { os.Exit(42) }',
    'GOCACHE=$PWD/cache GO111MODULE=off "$0" run a.go; test $? = 1 && exit 42',
  ],
}

describe.runIf(probe.ok)('tool chains of bubblewrap', () => {
  for (const [name, [place, file, text, script]] of Object.entries(programs) as [
    ToolChain,
    (typeof programs)[ToolChain],
  ][])
    it.skipIf(!existsSync(place))(`${name} compiles, and what it made runs`, async () => {
      await using box = await bubblewrap.open({
        toolChains: [name],
        limits: { memoryBytes: 2 ** 31, timeoutSec: 120, pids: 128, diskBytes: 2 ** 28 },
      })
      const { command, version } = box.runtimes[name]!
      expect(version).toMatch(/^\d+(\.\d+)+/)
      await box.write({ [file]: text })
      const { code, stderr } = await box.exec(['/bin/sh', '-c', script, command])
      expect({ code, said: new TextDecoder().decode(stderr).replace('exit status 42\n', '') }).toEqual({
        code: 42,
        said: '',
      })
      const found = await bubblewrap.probe([name])
      expect(found).toMatchObject({ runtimes: { [name]: { version } } })
    })

  it('none is there that was not asked for', async () => {
    await using box = await bubblewrap.open()
    expect(Object.keys(box.runtimes).filter((name) => name in programs)).toEqual([])
  })
})
