import { basename } from 'node:path'
import { z } from 'zod'
import { openDocument, type Shape } from '../document.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { strict, text } from '../json-value.js'
import type { DatasetFormat, Language, Task } from '../spec.js'

/**
 * MultiPL-E: HumanEval and MBPP in other languages, one problem a line, https://github.com/nuprl/MultiPL-E, as its repository and
 * the hub (`nuprl/MultiPL-E`) have them. The file carries no version, so the beginning of its hash is one.
 *
 * What its own harness runs is the completion, a line break and the tests; of TypeScript, what `tsc --target esnext` finds no error in; of C++,
 * Rust, Java and Go, what their compilers make of it.
 */
export const format: DatasetFormat = {
  name: 'multipl-e',
  extensions: ['.jsonl', '.jsonl.gz'],
  detect: (head) => {
    const keys = topLevelKeys(head.trimStart().split('\n', 1)[0] ?? '')
    return ['prompt', 'tests', 'stop_tokens', 'prompt_terminology'].every((key) => keys.includes(key))
  },
  open: (path, signal) =>
    openDocument(
      path,
      jsonLines((file) => basename(file).replace(/\.jsonl(?:\.gz)?$/, '')),
      multiplE,
      signal,
    ),
}

interface Into {
  readonly language: Language
  readonly name: string
  /** Where a problem names its function: in its tests, or in its prompt. */
  readonly entry: RegExp
}

const script = /^\s*let candidate = ([\p{L}_$][\p{L}\p{N}_$]*);$/mu

/** Those that are judged here. The short names are the set's own. */
const languages: Readonly<Record<string, Into>> = {
  js: { language: 'javascript', name: 'JavaScript', entry: script },
  ts: { language: 'typescript', name: 'TypeScript', entry: script },
  cpp: { language: 'cpp', name: 'C++', entry: /^\s*auto candidate = (\w+);$/m },
  rs: { language: 'rust', name: 'Rust', entry: /^\s*let candidate = (\w+);$/m },
  java: {
    language: 'java',
    name: 'Java',
    entry: /\bpublic static [^\n(]*?(\w+)\([^\n]*\{\s*$/,
  },
  'go_test.go': { language: 'go', name: 'Go', entry: /^\s*candidate := (\w+)$/m },
}

/** Seconds for the whole test of a problem, as the set's own harness gives. */
const timeout = 15

const problem = strict({
  name: text,
  language: text,
  prompt: text,
  doctests: z.string().optional(),
  original: z.string().optional(),
  prompt_terminology: z.string().optional(),
  tests: text,
  stop_tokens: z.array(text),
  task_id: text.optional(),
  test: text.optional(),
}).transform((written, { issues }) => {
  const into = languages[written.language]
  const entryPoint = into?.entry.exec(into.language === 'java' ? written.prompt : written.tests)?.[1]
  if (into !== undefined && entryPoint !== undefined) return { ...written, entryPoint, into }
  const [path, message] =
    into === undefined
      ? [
          'language',
          `"${written.language.slice(0, 40)}" cannot be judged here, only ${known}: choose a file of one of these`,
        ]
      : ['tests', 'names no function that is to be called']
  issues.push({ code: 'custom', input: written, path: [path], message })
  return z.NEVER
})
type Problem = z.infer<typeof problem>

const known = Object.keys(languages)
  .map((short) => `"${short}"`)
  .join(', ')

const multiplE: Shape<string, Problem> = {
  header: z.string(),
  item: problem,
  describe: (file, hash) => ({
    name: /^(?:humaneval|mbpp)-\w+$/.test(file) ? `multipl-e-${file}` : 'multipl-e',
    version: hash.slice(0, 12),
  }),
  id: ({ name }) => name,
  task: toTask,
}

function toTask({ name, language: written, into, entryPoint, prompt, tests, stop_tokens }: Problem): Task {
  // Of Go it gives the ending of a file: `go_test.go`.
  const short = written.split('_', 1)[0]
  return {
    id: name,
    prompt: [
      `Complete the ${into.name} function \`${entryPoint}\`. Answer with one ${into.name} code block that holds the`,
      `whole function: its signature as given, and its body.\n\n\`\`\`${short}\n${prompt.trimEnd()}\n\`\`\``,
    ].join(' '),
    category: into.language,
    scorers: [{ name: 'code-tests' }],
    code: {
      kind: 'assert',
      language: into.language,
      entryPoint,
      prompt,
      test: tests,
      style: 'script',
      ...(into.language === 'typescript' && { typeCheck: true }),
      stop: stop_tokens,
      timeout,
    },
  }
}
