import {
  type AttemptOutcome,
  type ModelSummary,
  outcomes,
  type ReportRow,
  type RunPlan,
} from '@bench/runner/record'
import { describe, expect, it } from 'vitest'
import type { Report, ReportFormat } from './spec.js'

export interface Sample {
  /** Model id → one outcome per attempt, in the order task by task, repeat by repeat. */
  readonly models: Readonly<Record<string, readonly AttemptOutcome[]>>
  readonly repeats?: number
  readonly plan?: Partial<RunPlan>
  /** Changes a row after it was made; `index` counts within its model. */
  row?(row: ReportRow, index: number): ReportRow
  /** Changes a summary after it was made. */
  summary?(summary: ModelSummary): ModelSummary
  /** Replies by hash. */
  readonly replies?: Readonly<Record<string, string>>
}

const difficulties = ['easy', 'medium', 'hard', 'extreme']

/** A report made by hand: enough to write every format from, with summaries that agree with the rows. */
export function sampleReport(sample: Sample): Report {
  const repeats = sample.repeats ?? 1
  const ids = Object.keys(sample.models)
  const longest = Math.max(0, ...Object.values(sample.models).map((list) => list.length))
  const tasks = Array.from(
    { length: Math.ceil(longest / repeats) },
    (_, i) => `task-${String(i + 1).padStart(3, '0')}`,
  )
  const rows = ids.flatMap((model) =>
    (sample.models[model] ?? []).map((outcome, i) => {
      const row = sampleRow(
        model,
        tasks[Math.floor(i / repeats)] as string,
        i % repeats,
        outcome,
        tasks.length,
      )
      return sample.row?.(row, i) ?? row
    }),
  )
  const summaries = ids.map((model) => {
    const summary = sampleSummary(
      model,
      rows.filter((row) => row.model === model),
      tasks.length * repeats,
    )
    return sample.summary?.(summary) ?? summary
  })
  const plan: RunPlan = {
    v: 1,
    run: 'r-8f2',
    created: '2026-11-21T07:22:00.000Z',
    harness: '1.0.0',
    dataset: {
      name: 'python-tasks',
      version: '1.2.0',
      hash: 'a'.repeat(64),
      source: 'python-tasks',
      size: tasks.length,
    },
    tasks: tasks.map((id) => ({ id, hash: 'b'.repeat(64), chars: 400 })),
    models: ids.map((id) => ({
      id,
      price: { inputPerMillion: 3, outputPerMillion: 15, source: 'genai-prices@0.1.8' },
    })),
    repeats,
    solver: 'single',
    call: { temperature: 0, maxTokens: 4000, seed: 0 },
    sandbox: {
      driver: 'bubblewrap',
      version: '0.8.0',
      isolates: true,
      runtimes: { python: '3.11.2' },
      notes: ['memory is limited per process'],
    },
    concurrency: 5,
    ...sample.plan,
  }
  return { plan, models: summaries, rows, reply: async (hash) => sample.replies?.[hash] }
}

function sampleRow(
  model: string,
  task: string,
  repeat: number,
  outcome: AttemptOutcome,
  tasks: number,
): ReportRow {
  const number = Number(task.slice(5)) - 1
  const { denominator, status } = outcomes[outcome]
  const replied = denominator
    ? {
        durationMs: 4000 + number * 10,
        inputTokens: 200,
        outputTokens: 300,
        costUsd: 0.0051,
        tokensPerSecond: 62,
      }
    : {}
  return {
    key: `${model}/${task}/${repeat}`,
    task,
    model,
    repeat,
    category: 'lists',
    difficulty: difficulties[Math.floor((number * difficulties.length) / tasks)] as string,
    outcome,
    status,
    value: denominator ? Number(outcome === 'pass') : null,
    ended: new Date(Date.UTC(2026, 10, 21, 7, 30, number)).toISOString(),
    ...replied,
  }
}

/** Wilson's interval over attempts stands in for the runner's own. */
function sampleSummary(model: string, rows: readonly ReportRow[], planned: number): ModelSummary {
  const judged = rows.filter((row) => outcomes[row.outcome].denominator)
  const n = judged.length
  const total = judged.reduce((sum, row) => sum + (row.value ?? 0), 0)
  const score = n === 0 ? null : total / n
  const counts: Partial<Record<AttemptOutcome, number>> = {}
  for (const row of rows) counts[row.outcome] = (counts[row.outcome] ?? 0) + 1
  const priced = judged.flatMap((row) => (row.costUsd === undefined ? [] : [row.costUsd]))
  return {
    model,
    planned,
    counts,
    n,
    tasks: new Set(judged.map((row) => row.task)).size,
    passed: judged.filter((row) => row.outcome === 'pass').length,
    score,
    interval: score === null ? null : wilson(score, n),
    passAt: score === null ? {} : { 1: score },
    range: planned === 0 ? null : { worst: total / planned, best: (total + planned - n) / planned },
    byDifficulty: groups(judged, (row) => row.difficulty),
    byCategory: groups(judged, (row) => row.category),
    ...(priced.length > 0 && { costUsd: priced.reduce((sum, usd) => sum + usd, 0) }),
    unpriced: n - priced.length,
    ...(n > 0 && { inputTokens: n * 200, outputTokens: n * 300 }),
    ...(n > 0 && { avgDurationMs: 4200, p50Ms: 4100, p95Ms: 8200, p99Ms: 9100, tokensPerSecond: 62 }),
  }
}

function groups(rows: readonly ReportRow[], by: (row: ReportRow) => string | undefined) {
  const found = new Map<string, { n: number; score: number }>()
  for (const row of rows) {
    const name = by(row)
    if (name === undefined) continue
    const { n, score } = found.get(name) ?? { n: 0, score: 0 }
    found.set(name, { n: n + 1, score: (score * n + (row.value ?? 0)) / (n + 1) })
  }
  return Object.fromEntries(found)
}

function wilson(share: number, n: number) {
  const z = 1.959964
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** What models, tasks and servers have been seen to send, and worse. */
export const hostileStrings: readonly string[] = [
  '<script>window.__hit=1</script>',
  '<img src=x onerror="window.__hit=1">',
  '"><svg onload=window.__hit=1>',
  "' onmouseover='window.__hit=1",
  '</style><script>window.__hit=1</script>',
  '</title><script>window.__hit=1</script>',
  '</pre></details><iframe srcdoc="<script>parent.__hit=1</script>">',
  '<!--><script>window.__hit=1</script>-->',
  ']]><script>window.__hit=1</script>',
  '</textarea><script>window.__hit=1</script>',
  '<a href="javascript:window.__hit=1">click</a>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=window.__hit=1>',
  '<svg><animate onbegin=window.__hit=1 attributeName=x dur=1s>',
  '<details open ontoggle=window.__hit=1>',
  '<input autofocus onfocus=window.__hit=1>',
  '<body onload=window.__hit=1>',
  '<link rel=stylesheet href=//evil.invalid/x.css>',
  '<meta http-equiv=refresh content="0;url=//evil.invalid">',
  '<base href=//evil.invalid/>',
  '<object data=//evil.invalid></object><embed src=//evil.invalid>',
  '<style>@import url(//evil.invalid/x.css);*{background:url(//evil.invalid/y)}</style>',
  '<img src=//evil.invalid/pixel.png>',
  '<video><source onerror=window.__hit=1></video>',
  '<template><script>window.__hit=1</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=window.__hit=1>">',
  '&lt;script&gt;window.__hit=1&lt;/script&gt;',
  '&#60;script&#62;window.__hit=1',
  '`$\u007bwindow.__hit=1}`',
  '{{constructor.constructor("window.__hit=1")()}}',
  '\u003cscript\u003ewindow.__hit=1\u003c/script\u003e',
  '<scr\0ipt>window.__hit=1</scr\0ipt>',
  '\ufeff<script>window.__hit=1</script>',
  '=HYPERLINK("http://evil.invalid","x")',
  '+1+1',
  '-2+3+cmd|/C calc!A0',
  '@SUM(1,1)',
  '\t=1+1',
  '\r=1+1',
  '=1\n+2',
  '\x1b[31mred\x1b[0m',
  '\x1b]8;;http://evil.invalid\x1b\\link\x1b]8;;\x1b\\',
  '\x1b]52;c;ZXZpbA==\x07',
  '\x9b2J\x9d0;title\x9c',
  'a\u202egnp.exe',
  'a\u2066b\u2069c\u200ed',
  'bell\x07 back\b\b\b nul\0 del\x7f',
  'line one\r\nline two\u2028line three\u0085four',
  'e\u0301'.padEnd(60, '\u0301'),
  '\ud800 lone \udfff',
  '漢字かな交じり文 👩‍👩‍👧‍👦 مرحبا',
  '| table | `code` | [link](javascript:alert(1)) | @everyone',
  '__proto__',
  'constructor',
  '',
  'x'.repeat(5000),
]

/** Reports that a format must survive; each is small. */
const survive: Readonly<Record<string, () => Report>> = {
  'no model and no row': () => sampleReport({ models: {} }),
  'a model without a row': () => sampleReport({ models: { 'a:one': [] } }),
  'all infra': () => sampleReport({ models: { 'a:one': ['infra', 'infra'] } }),
  partial: () => sampleReport({ models: { 'a:one': ['pass', 'not_run', 'timeout'], 'b:two': ['pass'] } }),
  'every outcome': () =>
    sampleReport({ models: { 'a:one': Object.keys(outcomes) as AttemptOutcome[], 'b:two': ['pass'] } }),
  hostile: hostileReport,
}

/** Every hostile string in every place where a string of a model, a task, a server or a scorer can stand. */
export function hostileReport(): Report {
  const base = sampleReport({
    models: Object.fromEntries(
      hostileStrings.slice(0, 12).map((text) => [`x:${text}`, hostileStrings.map(() => 'runtime' as const)]),
    ),
    replies: Object.fromEntries(hostileStrings.map((text, i) => [`h${i}`, text])),
    row: (row, i) => {
      const text = hostileStrings[i] as string
      return {
        ...row,
        task: `${text}${i}`,
        category: text,
        difficulty: text,
        error: text,
        reply: `h${i}`,
        warnings: [text],
        detail: { expected: text, got: [text], [text]: { [text]: text } },
      }
    },
  })
  const text = '<script>window.__hit=1</script>\x1b[31m\u202e'
  return {
    ...base,
    plan: {
      ...base.plan,
      run: text,
      harness: text,
      solver: text,
      scorers: [...hostileStrings],
      dataset: { ...base.plan.dataset, name: text, version: text, source: text, hash: text },
      sandbox: {
        driver: text,
        version: text,
        isolates: false,
        runtimes: { [text]: text },
        notes: [...hostileStrings],
      },
      call: { stop: [...hostileStrings] },
    },
  }
}

/** All that a format writes, as one string. */
export async function written(format: ReportFormat, report: Report): Promise<string> {
  let text = ''
  await format.write(report, {
    write(chunk) {
      text += chunk
    },
  })
  return text
}

export interface Skips {
  /** Name of the check → why it does not apply. */
  readonly skip?: { readonly 'control characters'?: string }
}

/** The conformance suite of a report format. */
export function testFormat(name: string, format: ReportFormat, { skip = {} }: Skips = {}): void {
  describe(`format ${name}`, () => {
    it('has a plain file name', () => {
      expect(format.file).toMatch(/^[a-z0-9-]+\.[a-z0-9]+$/)
    })

    for (const [kind, make] of Object.entries(survive)) {
      it(`writes a report: ${kind}`, async () => {
        const text = await written(format, make())
        expect(text).not.toBe('')
        expect(text).not.toMatch(/\bundefined\b|\bNaN\b|\[object Object\]/)
      })
    }

    it('writes the same twice', async () => {
      const report = survive.partial?.() as Report
      expect(await written(format, report)).toBe(await written(format, report))
    })

    it('waits for the file before it writes on', async () => {
      let busy = false
      await format.write(survive.partial?.() as Report, {
        async write() {
          expect(busy).toBe(false)
          busy = true
          await new Promise((resolve) => setImmediate(resolve))
          busy = false
        },
      })
      expect(busy).toBe(false)
    })

    it('never shows an unknown cost as zero', async () => {
      const report = sampleReport({
        models: { 'a:one': ['pass', 'pass'] },
        plan: { models: [{ id: 'a:one' }] },
        row: ({ costUsd: _, ...row }) => row,
        summary: ({ costUsd: _, ...summary }) => ({ ...summary, unpriced: 2 }),
      })
      const text = await written(format, report)
      expect(text).not.toMatch(/\$0(?![.\d])|\$0\.0+\b|"(total_)?cost": ?0\b/)
    })

    const why = skip['control characters']
    it.skipIf(why !== undefined)(
      `lets no control character out${why ? ` (skipped: ${why})` : ''}`,
      async () => {
        const text = await written(format, hostileReport())
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(text.match(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/)?.[0]).toBeUndefined()
      },
    )
  })
}
