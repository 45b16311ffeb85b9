import { attemptText, format, type Report } from '@bench/report'
import { hostileReport, sampleReport, written } from '@bench/report/testing'
import type { ReportRow, TranscriptStep } from '@bench/runner/record'
import { describe, expect, it } from 'vitest'

const page = await format('html')

const steps: readonly TranscriptStep[] = [
  { role: 'user', content: 'Write add.' },
  {
    role: 'assistant',
    content: '',
    finish: 'tool_calls',
    tool_calls: [
      { name: 'write_file', arguments: JSON.stringify({ path: 'a.py', content: 'def add():\n    pass\n' }) },
      { name: 'run_tests', arguments: '{}' },
      { name: 'read_file', arguments: '{"path": ' },
    ],
  },
  { role: 'tool', name: 'write_file', content: 'a.py is written (20 bytes).' },
  {
    role: 'tool',
    name: 'run_tests',
    content: 'Visible tests fail.',
    check: { kind: 'tests', outcome: 'failed' },
  },
  { role: 'tool', name: 'read_file', content: 'no JSON', failed: true },
]

/** A transcript as it is kept, by hash. */
function kept(name: string, of: readonly unknown[] = steps): Record<string, string> {
  const hashes = of.map((_, n) => `${name}-${n}`)
  return {
    [name]: JSON.stringify({ v: 1, steps: hashes }),
    ...Object.fromEntries(of.map((step, n) => [hashes[n], JSON.stringify(step)])),
  }
}

const course = { iterations: 3, toolCalls: 3, endedBy: 'max_messages', selfCorrected: true }
const worked = (replies: Record<string, string>, outcome: 'pass' | 'wrong_answer' | 'infra' = 'pass') =>
  sampleReport({
    models: { 'a:one': [outcome] },
    row: (row) => ({ ...row, transcript: 't', course }),
    replies,
  })

async function told(report: Report, row: ReportRow, most?: number): Promise<string> {
  let text = ''
  for await (const part of attemptText(row, report, most === undefined ? {} : { most })) text += part
  return text
}

describe('a transcript in report.html', () => {
  it.each(['pass', 'wrong_answer', 'infra'] as const)(
    'is with the attempt that came to %s',
    async (outcome) => {
      const text = await written(page, worked(kept('t'), outcome))
      expect(text.match(/Transcript, 5 steps/g)).toHaveLength(1)
      expect(text.indexOf('<h2>Failures</h2>') >= 0).toBe(outcome === 'wrong_answer')
      expect(text.indexOf('<h2>Transcripts</h2>') >= 0).toBe(outcome !== 'wrong_answer')
      expect(text).toContain('<b>write_file</b> <span class="dim">path</span> a.py</p>')
      expect(text).toContain('<pre>def add():\n    pass\n</pre>')
      expect(text).toContain('<b>read_file</b> <span class="dim"></span> {&quot;path&quot;: </p>')
      expect(text).toContain('<b>tool run_tests</b> <span class="bad">visible tests failed</span>')
      expect(text).toContain('<b>tool read_file</b> <span class="bad">called wrongly</span>')
      expect(text).toContain('3 calls of the model · 3 of tools · self-corrected · ended by max_messages')
    },
  )

  it('is not there where there is none, or none at hand; a step that is gone is said to be', async () => {
    expect(await written(page, sampleReport({ models: { 'a:one': ['pass'] } }))).not.toContain('Transcript')
    expect(await written(page, worked({}))).not.toContain('Transcript, ')
    expect(await written(page, worked({ t: '{"v":2}' }))).not.toContain('Transcript, ')
    const { 't-2': _, ...rest } = kept('t')
    expect(await written(page, worked(rest))).toContain('a step that is no longer in responses/')
    expect(await written(page, worked(kept('t', [{ role: 'king' }])))).toContain('a step that is no longer')
  })

  it('keeps the page under 1.6 MB, however much was said', async () => {
    const long = '<&>'.repeat(20_000)
    const calls = Array.from({ length: 20 }, () => ({ name: 'x', arguments: long }))
    const replies = {
      t: JSON.stringify({ v: 1, steps: Array(2000).fill('s') }),
      s: JSON.stringify({ role: 'assistant', content: long, tool_calls: calls }),
      r: long,
    }
    const text = await written(
      page,
      sampleReport({
        models: { 'a:one': Array(300).fill('pass'), 'b:two': Array(300).fill('wrong_answer') },
        row: (row) => ({ ...row, transcript: 't', course, reply: 'r' }),
        replies,
      }),
    )
    expect(Buffer.byteLength(text)).toBeLessThan(1_600_000)
    expect(/1,\d{3} more steps; bench show tells all of them/.test(text)).toBe(true)
    expect(text.includes('too long to be shown here; it calls x, x')).toBe(true)
    expect(text.includes('First 60 of 300.')).toBe(true)
  })
})

describe('an attempt for a terminal', () => {
  it('tells who spoke, what was called with what, what came of it, and the verdict', async () => {
    const report = worked({ ...kept('t'), r: 'def add(): ...\n' }, 'wrong_answer')
    const detail = { expected: 3, got: [4], passed: 0, total: 2, stderr: 'a\nb' }
    const text = await told(report, { ...report.rows[0]!, reply: 'r', detail })
    expect(text).toBe(`task-001 · a:one · wrong answer
  4.0s · 300 tokens out · $0.0051
  3 calls of the model · 3 of tools · self-corrected · ended by max_messages

Expected
  3

Got
  [4]

passed 0 of 2

stderr
  a
  b

Transcript, 5 steps

  1  user
     Write add.

  2  assistant
     → write_file path a.py
       content:
         def add():
             pass
     → run_tests
     → read_file {"path":

  3  tool write_file
     a.py is written (20 bytes).

  4  tool run_tests: visible tests failed
     Visible tests fail.

  5  tool read_file: called wrongly
     no JSON

Answer
  def add(): ...
`)
  })

  it('cuts texts where that is asked for, and says by how much', async () => {
    const report = worked({ t: '', r: 'x'.repeat(50) })
    expect(await told(report, { ...report.rows[0]!, reply: 'r' }, 40)).toContain(
      `Reply\n  ${'x'.repeat(40)}\n  … 10 more characters\n`,
    )
    expect(await told(report, { ...report.rows[0]!, reply: 'gone' })).toContain('no longer in responses/')
  })

  it('lets nothing through that acts on a terminal', async () => {
    const report = hostileReport()
    for (const row of report.rows)
      expect(await told(report, row)).not.toMatch(/(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  })
})
