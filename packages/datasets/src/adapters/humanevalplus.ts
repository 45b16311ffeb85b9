import { evalPlusFormat } from '../evalplus.js'

/** HumanEval+ of EvalPlus: what its files hold are the arguments themselves. */
export const format = evalPlusFormat({
  name: 'humanevalplus',
  oracle: 'humaneval',
  idPrefix: 'HumanEval/',
  ownKey: 'test',
  versions: {
    '50d50fda1ecf4c9168d762456ae29c1d8b8b922e68c66964f7891c98d93a04b7': 'v0.1.9',
    '42526ec0e7d5f3ee0b06d6ced98f8c8bae3d76519151bfb3d36f79010645bd7f': 'v0.1.10',
  },
  arguments: (_problem, inputs) => inputs,
})
