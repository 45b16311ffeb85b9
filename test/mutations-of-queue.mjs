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
  {
    name: 'queue: who is silent for long enough is dead, whatever it holds',
    file: `${queue}/reap.ts`,
    find: 'const patience = 6',
    replace: 'const patience = 9999',
    ...suite('away', 'stall'),
  },
  {
    name: 'queue: a worker does not take itself for dead',
    file: `${queue}/reap.ts`,
    find: 'where id <> $3 and greatest',
    replace: 'where id <> $3 - $3 - 1 and greatest',
    ...suite('away', 'while nobody takes its work over'),
  },
  {
    name: 'queue: what a dead worker wrote afterwards is swept away',
    file: `${queue}/reap.ts`,
    find: 'where not exists (select 1 from bench.worker where id = had.worker)',
    replace: 'where false',
    ...suite('away', 'leaves nothing behind'),
  },
  {
    name: 'queue: who is taken for dead takes nothing up',
    file: `${queue}/claim.ts`,
    find: ' || !found.alive) undo()',
    replace: ') undo()',
    ...suite('away', 'takes nothing up'),
  },
  {
    name: 'queue: who is taken for dead finds out when it is back',
    file: `${queue}/session.ts`,
    find: 'else await leave(current)',
    replace: '',
    ...suite('away', 'gets another number'),
  },
  {
    name: 'queue: lines about a job that another has are not written',
    file: `${queue}/writer.ts`,
    find: 'where job is null or exists (select 1 from bench.taken where taken.job = made.job and worker = $11)',
    replace: 'where job is null or $11 is not null',
    ...suite('away', 'whose (?:paid|free) calls'),
  },
  {
    name: 'queue: what was under way in a worker that is replaced is cut off there',
    file: `${queue}/work.ts`,
    find: "      cut.abort(new Error('taken over by another worker'))\n",
    replace: '',
    ...suite('away', 'never answered'),
  },
  {
    name: 'queue: judging ends with the time of a run',
    file: `${queue}/member.ts`,
    find: 'AbortSignal.any([cut.signal, late])',
    replace: 'cut.signal',
    ...suite('bounds', 'judging that does not end'),
  },
  {
    name: 'queue: an attempt is there once, in whichever part of a run',
    file: `${queue}/jobs.ts`,
    find: "where name = any($1) and state < 'active')",
    replace: 'where false and name = any($1))',
    ...suite('bounds', 'judging that does not end'),
  },
]
