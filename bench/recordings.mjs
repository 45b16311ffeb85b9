/**
 * Recorded outputs and the verdicts of the sets' own harnesses, as they lie in the folder that `scripts/replays.mjs` is given.
 * `read` gives the replies, in the form that the replay provider reads, and what to hold our verdicts against: by `task#repeat`.
 */

const lines = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

const first = (id) => `${id}#0`

/** Completions of code with a file of verdicts beside them. */
const judged = (set, dataset, folder, model, against) => ({
  set,
  model,
  dataset,
  read(load) {
    const verdicts = lines(load(`generations/${folder}/${model}.verdicts.jsonl`))
    return {
      replies: lines(load(`generations/${folder}/${model}.jsonl`)),
      against: against.map(({ name, scorer, passed }) => ({
        name,
        scorer,
        official: new Map(verdicts.map((verdict) => [first(verdict.task_id), passed(verdict)])),
      })),
    }
  },
})

const plain = [{ passed: ({ passed }) => passed }]

const evalPlus = (set) => [
  { name: `${set} base+extra`, passed: ({ base, plus }) => base === 'pass' && plus === 'pass' },
  { name: `${set} base`, scorer: 'base-tests', passed: ({ base }) => base === 'pass' },
]

/** Replies by prompt, with the verdict on each instruction. */
const instructions = (model) => ({
  set: 'IFEval',
  model,
  dataset: 'ifeval/input_data.jsonl',
  read(load) {
    const tasks = lines(load('ifeval/input_data.jsonl'))
    const [strict, loose] = ['strict', 'loose'].map(
      (mode) =>
        new Map(
          lines(load(`generations/ifeval/${model}.${mode}.jsonl`)).map((line) => [line.prompt.trim(), line]),
        ),
    )
    const official = (told) =>
      new Map(
        tasks.map(({ key, prompt }) => [
          first(key),
          told.get(prompt.trim())?.follow_all_instructions === true,
        ]),
      )
    return {
      replies: tasks.map(({ key, prompt }) => ({
        task_id: String(key),
        response: strict.get(prompt.trim())?.response ?? '',
      })),
      against: [
        { name: 'IFEval strict', official: official(strict) },
        {
          name: 'IFEval loose',
          official: official(loose),
          verdict: ({ detail }) => detail?.instructions?.every(({ loose }) => loose) ?? false,
        },
      ],
    }
  },
})

/** Ten samples a task. */
const cruxEval = {
  set: 'CRUXEval input',
  model: 'codellama-7b',
  dataset: 'cruxeval/cruxeval.jsonl#mode=input',
  repeats: 10,
  read(load) {
    const scored = JSON.parse(load('generations/cruxeval/codellama-7b.input.scored.json'))
    const of = (table) => Object.entries(table)
    return {
      replies: of(scored.raw_generations).flatMap(([id, samples]) =>
        samples.map((completion) => ({ task_id: id, completion })),
      ),
      against: [
        {
          official: new Map(
            of(scored.raw_scored_generations).flatMap(([id, verdicts]) =>
              verdicts.map((verdict, repeat) => [`${id}#${repeat}`, verdict]),
            ),
          ),
        },
      ],
    }
  },
}

export const recordings = [
  ...['codellama-34b', 'gpt-3.5-turbo-0613', 'gpt-4-1106', 'reflexion-gpt-3.5', 'wizardcoder-15b'].map(
    (model) => judged('HumanEval', 'humaneval/HumanEval.jsonl.gz', 'humaneval', model, plain),
  ),
  ...['codellama-34b', 'starcoder'].map((model) => judged('MBPP', 'mbpp/mbpp.jsonl', 'mbpp', model, plain)),
  judged(
    'HumanEval+',
    'humanevalplus/HumanEvalPlus-v0.1.9.jsonl.gz',
    'humanevalplus',
    'qwen2.5-coder-1.5b',
    evalPlus('HumanEval+'),
  ),
  judged('MBPP+', 'mbppplus/MbppPlus-v0.1.0.jsonl.gz', 'mbppplus', 'qwen2.5-coder-1.5b', evalPlus('MBPP+')),
  ...['js', 'ts'].flatMap((language) =>
    ['qwen2.5-coder-1.5b', 'llama-3-8b-chat'].map((model) =>
      judged(
        'MultiPL-E',
        `multipl-e/humaneval-${language}.jsonl`,
        'multipl-e',
        `${model}.${language}`,
        plain,
      ),
    ),
  ),
  cruxEval,
  ...[
    'Qwen__Qwen2.5-7B-Instruct-GPTQ-Int4',
    'claude-3-5-sonnet-20240620',
    'gpt-4o-mini-2024-07-18',
    'mistralai__Mistral-7B-Instruct-v0.3',
  ].map(instructions),
]

const [qwen, claude, gpt, mistral] = [
  'Qwen__Qwen2.5-7B-Instruct-GPTQ-Int4',
  'claude-3-5-sonnet-20240620',
  'gpt-4o-mini-2024-07-18',
  'mistralai__Mistral-7B-Instruct-v0.3',
]

/** Why a verdict differs, by a part of `set: model: task#repeat`. */
export const causes = [
  {
    of: 'HumanEval: gpt-4-1106: HumanEval/129#0',
    cause:
      'the recorded answer ends, after 2.0 to 3.6 s of CPU time where the limit is 3 s; the authors’ own record says pass',
  },
  ...['MBPP/56', 'MBPP/349'].map((id) => ({
    of: `MBPP: starcoder: ${id}#0`,
    cause:
      'the recorded run wrapped the asserts in a `check` of its own, which hid the answer’s; ours has the published asserts',
  })),
  ...['MBPP/56', 'MBPP/349'].map((id) => ({
    of: `MBPP: codellama-34b: ${id}#0`,
    cause:
      'the recorded run wrapped the asserts in a `check` of its own, which hid the answer’s; ours has the published asserts',
  })),
  ...['codellama-34b', 'starcoder'].map((model) => ({
    of: `MBPP: ${model}: MBPP/436#0`,
    cause:
      'published: `assert neg_nos([-1,4,5,-6]) == -1,-6`, whose -6 is the message; the recorded run asked for (-1,-6)',
  })),
  ...[qwen, claude, gpt, mistral].flatMap((model) =>
    ['strict', 'loose'].flatMap((rule) =>
      ['1122', '1129'].map((id) => ({
        of: `IFEval ${rule}: ${model}: ${id}#0`,
        cause: 'the letter asked for is "#" or "!", for which the recorded run drew another one at random',
      })),
    ),
  ),
  ...[
    [`strict: ${qwen}: 3305`, 'hi in 30 of 60 runs on this reply, half of it English'],
    [`loose: ${qwen}: 3617`, 'en in 49 of 60 runs on this form of the reply, three lines of names'],
    [`loose: ${gpt}: 202`, 'en in 1 of 60 runs on this reply, the word "inscriptions"'],
    [`loose: ${mistral}: 2309`, 'sw in 40 of 60 runs on this form of the reply'],
    [`loose: ${mistral}: 3112`, 'gu in 10 of 60 runs on this form of the reply'],
  ].map(([of, often]) => ({
    of: `IFEval ${of}#0`,
    cause: `langdetect draws at random: it says ${often}`,
  })),
]
