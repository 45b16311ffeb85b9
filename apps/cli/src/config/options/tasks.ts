import { amount, count, listed, oneOf, text } from '../kinds.js'

/** What is asked. */
export const tasks = {
  dataset: {
    flags: '-d, --dataset <file|name>',
    kind: text,
    about: 'dataset file, name, or hf:org/name@revision (default: python-tasks)',
  },
  map: {
    flags: '--map <list>',
    kind: listed,
    about: 'columns of a table: prompt=question,expected=answer,id=…',
  },
  template: {
    flags: '--template <text>',
    kind: text,
    about: 'the prompt of a table, with {{column}} where a column belongs',
  },
  split: { flags: '--split <name>', kind: text, about: 'the split of a dataset' },
  limit: { flags: '--limit <n>', kind: count(1), about: 'only the first n tasks' },
  sample: {
    flags: '--sample <n>',
    kind: count(1),
    about: 'n tasks drawn at random, the same for the same seed',
  },
  seed: { flags: '--seed <s>', kind: count(0), about: 'seed of the sample', also: ['random_seed'] },
  stratify: {
    flags: '--stratify <by>',
    kind: oneOf('difficulty', 'category'),
    about: 'sample so that each difficulty or category keeps its share',
  },
  repeats: { flags: '--repeats <n>', kind: count(1), about: 'ask every task n times', default: 1 },
  untilCi: {
    flags: '--until-ci <points>',
    kind: amount(0.01, 50),
    about: 'ask a model no further once its score is known to ± this many percentage points',
  },
} as const
