/** A published set that can be pulled by a short name. */
export interface KnownSet {
  readonly name: string
  readonly title: string
  readonly tasks: number
  readonly licence: string
  /** Where its authors publish it, or whoever the copy is of. */
  readonly url: string
  /** How its file is named in the cache. */
  readonly file: string
  /** Of the file, unpacked. */
  readonly unpackedSha256: string
}

const google = 'https://raw.githubusercontent.com/google-research/google-research/master'
const evalplus = 'https://github.com/evalplus'
const multiple = 'https://raw.githubusercontent.com/deepseek-ai/DeepSeek-Coder/main/Evaluation/HumanEval/data'

export const knownSets: readonly KnownSet[] = [
  {
    name: 'humaneval',
    title: 'HumanEval: Python functions',
    tasks: 164,
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/openai/human-eval/master/data/HumanEval.jsonl.gz',
    file: 'HumanEval.jsonl.gz',
    unpackedSha256: '1d49078ba3e2b196b9344535bef34a43021f038fad9561d6ee7c53450609a6a2',
  },
  {
    name: 'humanevalplus',
    title: 'HumanEval+ v0.1.10: more tests',
    tasks: 164,
    licence: 'Apache-2.0',
    url: `${evalplus}/humanevalplus_release/releases/download/v0.1.10/HumanEvalPlus.jsonl.gz`,
    file: 'HumanEvalPlus-v0.1.10.jsonl.gz',
    unpackedSha256: '42526ec0e7d5f3ee0b06d6ced98f8c8bae3d76519151bfb3d36f79010645bd7f',
  },
  {
    name: 'humanevalplus-v0.1.9',
    title: 'HumanEval+ v0.1.9',
    tasks: 164,
    licence: 'Apache-2.0',
    url: `${evalplus}/humanevalplus_release/releases/download/v0.1.9/HumanEvalPlus.jsonl.gz`,
    file: 'HumanEvalPlus-v0.1.9.jsonl.gz',
    unpackedSha256: '50d50fda1ecf4c9168d762456ae29c1d8b8b922e68c66964f7891c98d93a04b7',
  },
  {
    name: 'mbpp',
    title: 'MBPP: short Python programs',
    tasks: 500,
    licence: 'CC-BY-4.0',
    url: `${google}/mbpp/mbpp.jsonl`,
    file: 'mbpp.jsonl',
    unpackedSha256: 'ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f',
  },
  {
    name: 'mbppplus',
    title: 'MBPP+ v0.2.0: more tests',
    tasks: 378,
    licence: 'Apache-2.0',
    url: `${evalplus}/mbppplus_release/releases/download/v0.2.0/MbppPlus.jsonl.gz`,
    file: 'MbppPlus-v0.2.0.jsonl.gz',
    unpackedSha256: 'b54e762755248ca411b523c917fa9f93c07b5ff2966bf60b3917b853926a3dad',
  },
  {
    name: 'mbppplus-v0.1.0',
    title: 'MBPP+ v0.1.0',
    tasks: 399,
    licence: 'Apache-2.0',
    url: `${evalplus}/mbppplus_release/releases/download/v0.1.0/MbppPlus.jsonl.gz`,
    file: 'MbppPlus-v0.1.0.jsonl.gz',
    unpackedSha256: 'a855b9de667baea8e2f8aa61f898767a7336872208a85222b35622545e819fe9',
  },
  {
    name: 'multipl-e-js',
    title: 'HumanEval in JavaScript',
    tasks: 161,
    licence: 'MIT',
    url: `${multiple}/humaneval-js.jsonl`,
    file: 'humaneval-js.jsonl',
    unpackedSha256: '634e2eee8d6e22de07c121b972207683dd96be76256bf44bdfc1a3386b739287',
  },
  {
    name: 'multipl-e-ts',
    title: 'HumanEval in TypeScript',
    tasks: 159,
    licence: 'MIT',
    url: `${multiple}/humaneval-ts.jsonl`,
    file: 'humaneval-ts.jsonl',
    unpackedSha256: '4b1af1050c9f226335d54a8c80553c39454a525cace3e67bdcfcc9092ba02637',
  },
  {
    name: 'cruxeval',
    title: 'CRUXEval: what code gives',
    tasks: 800,
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/facebookresearch/cruxeval/main/data/cruxeval.jsonl',
    file: 'cruxeval.jsonl',
    unpackedSha256: '8368b81047dc5014e4caf5a2f97604eff7644e0ecd7415e3ceeb184bbc2e0c96',
  },
  {
    name: 'ifeval',
    title: 'IFEval: following instructions',
    tasks: 541,
    licence: 'Apache-2.0',
    url: `${google}/instruction_following_eval/data/input_data.jsonl`,
    file: 'ifeval.jsonl',
    unpackedSha256: '67ffeee0fcb87c317c5b08a2de85557b4a7e96ada6178aa645b4954fe4b53d49',
  },
  {
    name: 'gsm8k',
    title: 'GSM8K: school mathematics',
    tasks: 1319,
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/openai/grade-school-math/master/grade_school_math/data/test.jsonl',
    file: 'gsm8k.jsonl',
    unpackedSha256: '3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14',
  },
]
