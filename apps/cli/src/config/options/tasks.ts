import { amount, count, listed, oneOf, text } from '../kinds.js'

/** What is asked. */
export const tasks = {
  dataset: {
    flags: '-d, --dataset <file|name>',
    kind: text,
    about: 'dataset file, name, or hf:org/name@revision (default: python-tasks)',
    example: 'python-tasks',
  },
  map: {
    flags: '--map <list>',
    kind: listed,
    about: 'columns of a table: prompt=question,expected=answer,id=…',
    example: '[prompt=question, expected=answer]',
  },
  template: {
    flags: '--template <text>',
    kind: text,
    about: 'the prompt of a table, with {{column}} where a column belongs',
    example: "'{{question}}'",
  },
  split: { flags: '--split <name>', kind: text, about: 'the split of a dataset', example: 'test' },
  limit: { flags: '--limit <n>', kind: count(1), about: 'only the first n tasks', example: '10' },
  sample: {
    flags: '--sample <n>',
    kind: count(1),
    about: 'n tasks drawn at random, the same for the same seed',
    example: '50',
  },
  seed: {
    flags: '--seed <s>',
    kind: count(0),
    about: 'seed of the sample',
    also: ['random_seed'],
    example: '0',
  },
  stratify: {
    flags: '--stratify <by>',
    kind: oneOf('difficulty', 'category'),
    about: 'sample so that each difficulty or category keeps its share',
  },
  repeats: {
    flags: '--repeats <n>',
    kind: count(1),
    about: 'ask every task n times',
    default: 1,
    example: '3',
  },
  untilCi: {
    flags: '--until-ci <points>',
    kind: amount(0.01, 50),
    about: 'ask a model no further once its score is known to ± this many percentage points',
    example: '2',
  },
} as const
