/** What keeps a run whole that many machines make, switched off one at a time: see `mutations.mjs`. */

const queue = 'packages/runner/src/queue'
const suite = (name, only) => ({ tests: [`packages/runner/test/queue/${name}.test.ts`], only })

/** @type {readonly import('./mutations.mjs').Mutation[]} */
export const ofQueue = [
  {
    name: 'queue: what others have set aside counts',
    file: `${queue}/budget.ts`,
    find: 'spent + others + taken + usd <= cap',
    replace: 'spent + taken + usd <= cap',
    ...suite('bounds', 'the cap is never passed'),
  },
  {
    name: 'queue: shares of a lane are parts of one cap',
    file: `${queue}/share.ts`,
    find: 'cap - elsewhere - owed',
    replace: 'cap - owed',
    ...suite('lanes', 'never hold more|no more under way'),
  },
  {
    name: 'queue: quiet is kept by all',
    file: `${queue}/limiter.ts`,
    find: 'gate.quiet(Math.min(error.retryAfterMs ?? request.retryDelayMs, longestQuietMs))',
    replace: '{}',
    ...suite('lanes', 'quiet'),
  },
  {
    name: 'queue: calls that were cut off are told',
    file: `${queue}/reap.ts`,
    find: 'from back where paid on conflict',
    replace: 'from back where false on conflict',
    ...suite('follow', 'a dead worker was asking'),
  },
  {
    name: 'queue: a reply that was won is judged, not asked for again',
    file: `${queue}/claim.ts`,
    find: '...(known !== undefined && { progress: known }),',
    replace: '',
    ...suite('follow', 'begun without a queue'),
  },
  {
    name: 'queue: what is here already is not written again',
    file: `${queue}/follow.ts`,
    find: 'if (written.has(hash)) return false',
    replace: '',
    ...suite('follow', 'is taken up again from another machine'),
  },
  {
    name: 'queue: no line is passed over that becomes visible late',
    file: `${queue}/run-log.ts`,
    find: '($4 or tx < pg_snapshot_xmin(pg_current_snapshot()))',
    replace: '($4 or true)',
    ...suite('schema', 'visible late'),
  },
  {
    name: 'queue: no key reaches Postgres',
    file: `${queue}/blob-store.ts`,
    find: 'const text = withoutSecrets(given)',
    replace: 'const text = given',
    ...suite('adapters', 'secret'),
  },
]
