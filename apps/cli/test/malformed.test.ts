import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cli, complaints, type Folder, folder } from './cli.js'

/** One clear line for each thing that people get wrong, the right exit code, never a stack trace. */

const good = JSON.stringify({
  name: 'good',
  version: '1.0.0',
  test_cases: [{ id: 'a', prompt: 'Say yes.', expected: 'yes' }],
})

interface Case {
  readonly what: string
  readonly args: readonly string[]
  readonly code: number
  /** What the line must say. */
  readonly says: readonly RegExp[]
  readonly file?: readonly [name: string, content: string | Uint8Array]
  readonly before?: (at: Folder) => Promise<void>
}

const dataset = (name: string) => ['bench', '-d', name, '-p', 'null']

const cases: readonly Case[] = [
  { what: 'a missing file', args: dataset('gone.json'), code: 2, says: [/gone\.json/] },
  {
    what: 'an empty file',
    file: ['e.json', ''],
    args: dataset('e.json'),
    code: 2,
    says: [/e\.json/, /empty/],
  },
  {
    what: 'bad JSON',
    file: ['b.json', '{\n  "name": "x",\n  "version" 1\n}'],
    args: dataset('b.json'),
    code: 2,
    says: [/b\.json:3:\d+/],
  },
  {
    what: 'bad YAML',
    file: ['b.yaml', 'name: x\nversion: "1\ntest_cases: []\n'],
    args: dataset('b.yaml'),
    code: 2,
    says: [/b\.yaml:\d+:\d+/],
  },
  {
    what: 'an unknown key',
    file: ['k.json', good.replace('"prompt"', '"promt"')],
    args: dataset('k.json'),
    code: 2,
    says: [/promt/, /did you mean "prompt"/],
  },
  {
    what: 'duplicate ids',
    file: ['d.json', good.replace('}]', '},{"id":"a","prompt":"Again?","expected":"yes"}]')],
    args: dataset('d.json'),
    code: 2,
    says: [/"a"/, /twice|duplicate|unique/i],
  },
  {
    what: 'wrong types',
    file: ['t.json', good.replace('"Say yes."', '7')],
    args: dataset('t.json'),
    code: 2,
    says: [/prompt/, /string/],
  },
  {
    what: 'a binary file',
    file: ['x.json', Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)],
    args: dataset('x.json'),
    code: 2,
    says: [/x\.json/],
  },
  {
    what: 'a folder as a dataset',
    before: async (at) => void (await mkdir(join(at.path, 'dir.json'))),
    args: dataset('dir.json'),
    code: 2,
    says: [/not a file/],
  },
  {
    what: 'an unknown dataset',
    args: dataset('python-task'),
    code: 2,
    says: [/did you mean "python-tasks"/],
  },
  {
    what: 'an unknown provider',
    file: ['g.json', good],
    args: ['bench', '-d', 'g.json', '-p', 'antropic'],
    code: 2,
    says: [/did you mean "anthropic"/],
  },
  {
    what: 'an unknown scorer',
    file: ['g.json', good],
    args: [...dataset('g.json'), '--scorer', 'exakt'],
    code: 2,
    says: [/did you mean "exact"/],
  },
  {
    what: 'a scorer file that is not there',
    file: ['g.json', good],
    args: [...dataset('g.json'), '--scorer', './mine.ts'],
    code: 2,
    says: [/mine\.ts/],
  },
  {
    what: 'an unknown sandbox',
    args: ['bench', '-p', 'null', '--sandbox', 'dokcer'],
    code: 2,
    says: [/did you mean "docker"/i],
  },
  {
    what: 'an unknown flag',
    args: ['bench', '--concurency', '3'],
    code: 2,
    says: [/--concurency/, /--concurrency/],
  },
  { what: 'an unknown command', args: ['bnech'], code: 2, says: [/bnech/, /bench/] },
  {
    what: 'a number that is none',
    args: ['bench', '--limit', 'ten'],
    code: 2,
    says: [/--limit/, /whole number/],
  },
  {
    what: 'a model without its provider',
    args: ['bench', '--model', 'gpt-5'],
    code: 2,
    says: [/gpt-5/, /--providers/],
  },
  {
    what: 'a missing key',
    file: ['g.json', good],
    args: [
      'bench',
      '-d',
      'g.json',
      '-p',
      'anthropic:claude-x',
      '--yes',
      '--max-cost',
      '1',
      '--allow-unpriced',
    ],
    code: 4,
    says: [/ANTHROPIC_API_KEY/],
  },
  {
    what: 'a replay without its file',
    file: ['g.json', good],
    args: ['bench', '-d', 'g.json', '-p', 'replay', '--replies', 'no.jsonl'],
    code: 2,
    says: [/no\.jsonl/],
  },
  {
    what: 'a server that is not there',
    file: ['g.json', good],
    args: ['bench', '-d', 'g.json', '-p', 'openai-compatible:m', '--endpoint', 'http://127.0.0.1:9/v1'],
    code: 4,
    says: [/127\.0\.0\.1:9/],
  },
  { what: 'a run that is not there', args: ['report', 'r-nope'], code: 2, says: [/no run/] },
  {
    what: 'an output folder where nothing can be created',
    before: (at) => at.file('g.json', good).then(() => {}),
    args: [...dataset('g.json'), '-o', '/proc/nowhere'],
    code: 2,
    says: [process.platform === 'linux' ? /\/proc\/nowhere.*--output/ : /nowhere/],
  },
  {
    what: 'an output folder that is a file',
    file: ['out', ''],
    before: (at) => at.file('g.json', good).then(() => {}),
    args: [...dataset('g.json'), '-o', 'out/here'],
    code: 2,
    says: [/out/],
  },
]

describe('malformed input', () => {
  test.each(cases)('$what', async ({ args, code, says, file, before }) => {
    await using at = await folder()
    if (file !== undefined) {
      await at.file(...file)
    }
    await before?.(at)
    const ended = await cli(args, { cwd: at.path })
    const lines = complaints(ended)
    for (const pattern of says) {
      expect(lines.join('\n')).toMatch(pattern)
    }
    expect(lines).toHaveLength(1)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    expect(ended.code).toBe(code)
  })

  // Root may write anywhere, so this says nothing there.
  test.skipIf(process.getuid?.() === 0)('no permission to write', async () => {
    await using at = await folder()
    await at.file('g.json', good)
    await mkdir(join(at.path, 'locked'))
    await chmod(join(at.path, 'locked'), 0o500)
    const ended = await cli([...dataset('g.json'), '-o', 'locked/results'], { cwd: at.path })
    expect(complaints(ended).join('\n')).toMatch(/locked.*--output/)
    expect(ended.code).toBe(2)
  })

  test('a missing variable is a Failure row that names it; the other cases run', async () => {
    await using at = await folder()
    const cases = [
      { id: 'a', prompt: 'Say {{word}}.', expected: 'yes' },
      { id: 'b', prompt: 'Say yes.', expected: 'yes' },
    ]
    await at.file('v.json', JSON.stringify({ name: 'v', version: '1.0.0', test_cases: cases }))
    const ended = await cli(['bench', '-d', 'v.json', '-p', 'oracle', '--json'], { cwd: at.path })
    const events = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const failed = events.find((event) => event.line?.task === 'a' && event.type === 'attempt')
    expect(failed.line.error.message).toMatch(/word/)
    expect(events.find((event) => event.type === 'score')?.line.outcome).toBe('pass')
  })
})
