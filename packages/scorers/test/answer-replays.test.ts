import { spawnSync } from 'node:child_process'
import type { CodeSpec, ExpressionCode } from '@bench/datasets'
import { describe, expect, test } from 'vitest'
import { readAnswer } from '../src/index.js'
import { hasPython } from './boxes.js'
import { jsonLines, makeCompletion, makeTask, sharedData } from './setup.js'

/** Reads recorded outputs, and holds the source against what the set's own evaluator runs. */

type Form = 'chat' | 'continuation' | 'program'

interface Replay {
  readonly set: string
  /** The official evaluator's source for it. */
  readonly official: string
  readonly text: string
  readonly form: Form
  readonly code: CodeSpec
}

/** How many were read by which rule, and how many of them other rules would have read otherwise. */
function readAll(replays: readonly Replay[]) {
  const rules: Record<string, number> = {}
  const differ: { set: string; ours: string | undefined; official: string }[] = []
  let disagreed = 0
  for (const { set, official, text, form, code } of replays) {
    const answer = readAnswer(makeTask({ code }), makeCompletion(text, { form }))
    rules[String(answer.rule)] = (rules[String(answer.rule)] ?? 0) + 1
    if (answer.alternatives) disagreed++
    if (comparable(answer.code ?? '') !== comparable(official))
      differ.push({ set, ours: answer.code, official })
  }
  console.log(replays[0]?.set, JSON.stringify({ n: replays.length, rules, disagreed, differ: differ.length }))
  return { rules, disagreed, differ: differ.slice(0, 3).map(clipped) }
}

const clipped = (row: { set: string; ours: string | undefined; official: string }) => ({
  set: row.set,
  ours: row.ours?.slice(-2000),
  official: row.official.slice(-2000),
})

/** The end of the last line means nothing to any language here. */
const comparable = (code: string) => code.trimEnd()

function read(set: string, path: string): Record<string, string>[] {
  return jsonLines(sharedData(path)).map((line) => ({ ...line, set }))
}

const assertCode = (parts: Partial<Extract<CodeSpec, { kind: 'assert' }>>): CodeSpec => ({
  kind: 'assert',
  language: 'python',
  entryPoint: 'f',
  prompt: '',
  test: '',
  timeout: 3,
  ...parts,
})

/** MBPP+ writes numbers that JSON has no word for. */
const byId = (path: string) =>
  new Map(
    jsonLines(sharedData(path)?.replace(/-?\b(?:Infinity|NaN)\b/g, '0')).map((line) => [line.task_id!, line]),
  )

describe('HumanEval: prompt and completion, whatever the model’s habit', () => {
  const tasks = byId('humaneval/HumanEval.jsonl.gz')
  test.skipIf(tasks.size === 0).each([
    // The prompt repeated, the prompt repeated and then an answer, whole functions, bodies, whole functions.
    ['codellama-34b', 0, 1],
    ['gpt-4-1106', 0, 1],
    ['gpt-3.5-turbo-0613', 0, 1],
    ['reflexion-gpt-3.5', 14, 0],
    ['wizardcoder-15b', 0, 1],
  ])('%s', (model, empty, hoisted) => {
    const replays = read(model, `generations/humaneval/${model}.jsonl`).map((line): Replay => {
      const { prompt = '', entry_point: entryPoint = '' } = tasks.get(line.task_id!)!
      const text = line.completion!
      return {
        set: model,
        text,
        form: 'continuation',
        official: prompt + text,
        code: assertCode({ prompt, entryPoint }),
      }
    })
    const answered = replays.filter(({ text }) => text.trim() !== '')
    const { rules, differ, disagreed } = readAll(answered)
    expect(differ).toEqual([])
    // An empty completion is no answer; the official executor runs the bare prompt, which passes nothing.
    expect(rules).toEqual({ raw: 164 - empty })
    // HumanEval/115.
    expect(disagreed).toBe(hoisted)
  })
})

describe('MBPP: the completion is the program', () => {
  test.each(['codellama-34b', 'starcoder'])('%s', (model) => {
    const replays = read(model, `generations/mbpp/${model}.jsonl`).map(
      ({ completion = '', entry_point: entryPoint = '' }): Replay => ({
        set: model,
        text: completion,
        form: 'continuation',
        official: completion,
        code: assertCode({ entryPoint, style: 'script' }),
      }),
    )
    const { rules, differ, disagreed } = readAll(replays)
    expect({ rules, differ, disagreed }).toEqual({
      rules: replays.length > 0 ? { raw: 500 } : {},
      differ: [],
      disagreed: 0,
    })
  })
})

describe('EvalPlus: prompt and completion, the prompt being in both', () => {
  test.each([
    ['humanevalplus', 'HumanEvalPlus-v0.1.9', 164, 'humaneval'],
    ['mbppplus', 'MbppPlus-v0.1.0', 399, 'mbpp'],
  ] as const)('%s', (set, file, n, oracle) => {
    const tasks = byId(`${set}/${file}.jsonl.gz`)
    const replays = read(set, `generations/${set}/qwen2.5-coder-1.5b.jsonl`).map((line): Replay => {
      const { prompt = '', entry_point: entryPoint = '' } = tasks.get(line.task_id!)!
      const text = line.completion!
      const code: CodeSpec = {
        kind: 'reference',
        language: 'python',
        entryPoint,
        prompt,
        reference: '',
        baseInputs: [],
        plusInputs: [],
        tolerance: 0,
        oracle,
        problem: line.task_id!,
      }
      return { set, text, form: 'continuation', official: prompt + text, code }
    })
    const { rules, differ } = readAll(replays)
    expect(differ).toEqual([])
    expect(rules).toEqual(replays.length > 0 ? { raw: n } : {})
    if (replays.length === 0 || !hasPython()) return
    // The prompt before it makes no program of one that was none, nor the other way round.
    const sources = replays.flatMap(({ official, text }) => [official, text])
    const compiled = compiles(sources)
    const changed = replays.filter((_, i) => compiled[2 * i] !== compiled[2 * i + 1])
    console.log(set, `${compiled.filter(Boolean).length} of ${sources.length} sources compile`)
    expect(changed).toEqual([])
  })
})

function compiles(sources: readonly string[]): boolean[] {
  const program = [
    'import json, sys',
    'def ok(source):',
    '    try: return bool(compile(source, "x", "exec"))',
    '    except (SyntaxError, ValueError): return False',
    'print(json.dumps([ok(source) for source in json.load(sys.stdin)]))',
  ].join('\n')
  const { stdout } = spawnSync('python3', ['-W', 'ignore', '-c', program], { input: JSON.stringify(sources) })
  return JSON.parse(stdout.toString())
}

describe('MultiPL-E', () => {
  const languages = [
    ['js', 'javascript', 161],
    ['ts', 'typescript', 159],
  ] as const

  const specOf = (line: Record<string, string>, language: 'javascript' | 'typescript'): CodeSpec =>
    assertCode({
      language,
      style: 'script',
      prompt: line.prompt!,
      entryPoint: /^function (\w+)/m.exec(line.prompt!)![1]!,
      stop: line.stop_tokens as unknown as string[],
    })

  test.each(languages)('%s: a completion that repeats the prompt is the program', (lang, language, n) => {
    const tasks = byId(`multipl-e/humaneval-${lang}.jsonl`)
    const path = `generations/multipl-e/qwen2.5-coder-1.5b.${lang}.jsonl`
    const replays = read(`qwen2.5-coder-1.5b.${lang}`, path).map((line): Replay => {
      const text = line.completion!
      return {
        set: line.set!,
        text,
        form: 'continuation',
        official: text,
        code: specOf(tasks.get(line.task_id!)!, language),
      }
    })
    const { rules, differ } = readAll(replays)
    expect({ rules, differ }).toEqual({ rules: replays.length > 0 ? { raw: n } : {}, differ: [] })
  })

  test.each(languages)(
    '%s: a completion that goes on from the prompt follows it, up to a stop',
    (lang, language) => {
      for (const line of jsonLines(sharedData(`multipl-e/humaneval-${lang}.jsonl`)).slice(0, 20)) {
        const body = '  return 1;\n}'
        const task = makeTask({ code: specOf(line, language) })
        const answer = readAnswer(
          task,
          makeCompletion(`${body}\n// and then\nnonsense`, { form: 'continuation' }),
        )
        expect(answer.code).toBe(line.prompt! + body)
        expect(answer.alternatives?.map(({ rule }) => rule)).toEqual(['uncut'])
      }
    },
  )

  test.each(languages)('%s: a markdown reply is read by its fence', (lang, language, n) => {
    const tasks = byId(`multipl-e/humaneval-${lang}.jsonl`)
    const path = `generations/multipl-e/llama-3-8b-chat.${lang}.jsonl`
    const replays = read(`llama-3-8b-chat.${lang}`, path).map((line): Replay => {
      const text = line.response!
      const official = /```(?:js|ts)\n([\s\S]*?)```/.exec(text)![1]!
      return {
        set: line.set!,
        text,
        form: 'chat',
        official,
        code: specOf(tasks.get(line.task_id!)!, language),
      }
    })
    const { rules, differ, disagreed } = readAll(replays)
    expect(rules).toEqual(replays.length > 0 ? { fence: n } : {})
    expect(disagreed).toBe(0)
    // The prompt's comments may go before it.
    const other = differ.filter(({ ours, official }) => {
      const before = ours?.trimEnd().slice(0, -official.trimEnd().length) ?? ''
      return !ours?.trimEnd().endsWith(official.trimEnd()) || /^(?!\/\/|\s*$)/m.test(before)
    })
    expect(other).toEqual([])
  })
})

test('CRUXEval: every recorded answer is taken as it is, by any form', () => {
  const recorded = sharedData('generations/cruxeval/codellama-7b.input.json')
  const answers = Object.values(JSON.parse(recorded ?? '{}') as Record<string, string[]>).flat()
  const code: ExpressionCode = {
    kind: 'expression',
    language: 'python',
    setup: '',
    expected: '',
    requires: 'f(',
    timeout: 3,
  }
  const replay = (form: Form, wrap = (text: string) => text): Replay[] =>
    answers.map((text) => ({ set: `cruxeval ${form}`, text: wrap(text), form, official: text, code }))
  const n = answers.length
  expect(n === 0 || n === 8000).toBe(true)
  for (const form of ['continuation', 'program'] as const)
    expect(readAll(replay(form))).toEqual({ rules: n > 0 ? { raw: n } : {}, differ: [], disagreed: 0 })
  // As a chat model gives it: [ANSWER] tags, an assertion or a fence.
  const tags = readAll(replay('chat', (text) => `So it is\n[ANSWER]\n${text}\n[/ANSWER]`))
  expect(tags).toMatchObject({ rules: n > 0 ? { tags: n } : {}, differ: [] })
  const asserted = readAll(replay('chat', (text) => `[ANSWER]assert ${text} == [1, 2][/ANSWER]`))
  expect(asserted.differ).toEqual([])
  const fenced = readAll(replay('chat', (text) => `So:\n\`\`\`python\n${text}\n\`\`\`\n`))
  expect(fenced).toMatchObject({ rules: n > 0 ? { fence: n } : {}, differ: [] })
})
