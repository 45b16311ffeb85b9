import type { Report } from '../spec.js'
import { sampleReport } from './sample.js'

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

/** A transcript with a text in every place of it, as it is kept: each step by its hash, and the list of them. */
function hostileTalk(text: string, i: number): [hash: string, kept: string][] {
  const steps = [
    { role: 'user', content: text },
    {
      role: 'assistant',
      content: text,
      finish: text,
      tool_calls: [
        { id: text, name: text, arguments: text },
        { id: text, name: text, arguments: JSON.stringify({ [text]: text, long: `\n${text}` }) },
      ],
    },
    { role: 'tool', name: text, content: text, failed: true },
  ]
  const hashes = steps.map((_, n) => `t${i}s${n}`)
  return [
    [`t${i}`, JSON.stringify({ v: 1, steps: hashes })],
    ...steps.map((step, n): [string, string] => [hashes[n]!, JSON.stringify(step)]),
  ]
}

/** Every hostile string in every place where a string of a model, a task, a server or a scorer can stand. */
export function hostileReport(): Report {
  const base = sampleReport({
    models: Object.fromEntries(
      hostileStrings.slice(0, 12).map((text) => [`x:${text}`, hostileStrings.map(() => 'runtime' as const)]),
    ),
    replies: Object.fromEntries(
      hostileStrings.flatMap((text, i) => [[`h${i}`, text], ...hostileTalk(text, i)]),
    ),
    row: (row, i) => {
      const text = hostileStrings[i] as string
      return {
        ...row,
        task: `${text}${i}`,
        category: text,
        difficulty: text,
        error: text,
        reply: `h${i}`,
        transcript: `t${i}`,
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
