/** What keeps a run whole, switched off one at a time: see `mutations.mjs`. */

const runner = 'packages/runner'
const suite = (name, only) => ({ tests: [`${runner}/test/${name}.test.ts`], only })

/** @type {readonly import('./mutations.mjs').Mutation[]} */
export const ofRunner = [
  {
    name: 'runner: what is acknowledged is synced',
    file: `${runner}/src/local/appender.ts`,
    find: 'await handle.datasync()',
    replace: '',
    ...suite('durable', 'acknowledged once'),
  },
  {
    name: 'runner: a plan’s file is synced before it gets its name',
    file: `${runner}/src/local/storage.ts`,
    find: 'await writeAll(handle, Buffer.from(withoutSecrets(piece)))\n      await handle.sync()',
    replace: 'await writeAll(handle, Buffer.from(withoutSecrets(piece)))',
    ...suite('durable', 'acknowledged once'),
  },
  {
    name: 'runner: a short write is gone on with',
    file: `${runner}/src/local/storage.ts`,
    find: 'for (let done = 0; done < bytes.length; )\n    done +=',
    replace: 'let done = 0\n  done +=',
    ...suite('io-faults', 'a short write'),
  },
  {
    name: 'runner: a torn last line is healed',
    file: `${runner}/src/local/appender.ts`,
    find: 'if (whole < size) await handle.truncate(whole)',
    replace: '',
    ...suite('run-log', 'torn at any byte'),
  },
  {
    name: 'runner: one writer holds the lock',
    file: `${runner}/src/local/run-log.ts`,
    find: "const lock = await takeLock(join(dir, 'lock'))",
    replace: "const lock = await takeLock(join(dir, 'lock-' + process.hrtime.bigint()))",
    ...suite('run-log', 'lock|one gets it'),
  },
  {
    name: 'runner: worst cases are reserved',
    file: `${runner}/src/local/budget.ts`,
    find: 'settled + reserved + usd > cap',
    replace: 'settled + usd > cap',
    ...suite('budget', 'under its cap'),
  },
  {
    name: 'runner: a reply beats a later fault',
    file: `${runner}/src/record/union.ts`,
    find: 'return rank[b.what] - rank[a.what] || b.try - a.try || a.hash - b.hash',
    replace: 'return b.try - a.try || a.hash - b.hash',
    ...suite('union', 'a reply beats'),
  },
  {
    name: 'runner: equal lines unite',
    file: `${runner}/src/record/fold.ts`,
    find: 'if (entry.counted.includes(hash)) return',
    replace: '',
    ...suite('union', 'only once'),
  },
  {
    name: 'runner: the last tie is broken by what a line says',
    file: `${runner}/src/record/union.ts`,
    find: 'if (a.at !== b.at) return a.at > b.at ? -1 : 1\n  return a.hash - b.hash',
    replace: 'if (a.at !== b.at) return a.at > b.at ? -1 : 1\n  return 0',
    ...suite('union', 'depends on no order'),
  },
  {
    name: 'runner: a disk that fails ends the run',
    file: `${runner}/src/ask.ts`,
    find: 'if (error instanceof RunnerError) throw error',
    replace: '',
    ...suite('io-faults', "'ENOSPC', at every"),
  },
  {
    name: 'runner: calls under way are written down',
    file: `${runner}/src/local/in-flight.ts`,
    find: 'write(slot, key)',
    replace: '',
    ...suite('run', 'an interrupt ends calls under way'),
  },
  {
    name: 'runner: slow judging holds nobody up until too much waits',
    file: `${runner}/src/judging-pool.ts`,
    find: 'while (isFull(job.lane)) await new Promise<void>((resolve) => roomFor.push(resolve))',
    replace: '',
    ...suite('durable', 'a pool that is full'),
  },
  {
    name: 'runner: judging keeps nobody from asking',
    file: `${runner}/src/pools.ts`,
    find: "if (end.kind === 'reply') await toJudge(work, end)",
    replace: "if (end.kind === 'reply') await judge(work, end)",
    ...suite('pools', 'keeps no model from being asked'),
  },
  {
    name: 'runner: a call that was cut off is known until a line tells of it',
    file: `${runner}/src/ask.ts`,
    find: 'if (told || !facts.cutOff) ',
    replace: '',
    ...suite('money', 'is not forgotten'),
  },
  {
    name: 'runner: what waited for money is not sent too late',
    file: `${runner}/src/solve/meter.ts`,
    find: 'options.noneAfter?.throwIfAborted()',
    replace: '',
    ...suite('money', 'waited for money'),
  },
  {
    name: 'runner: what is packed and opened again is there once',
    file: `${runner}/src/record/packed.ts`,
    find: 'if (!gone.get(number)?.has(i)) ',
    replace: '',
    ...suite('packed', 'opened again'),
  },
  {
    name: 'runner: batches are waited for by the library too',
    file: `${runner}/src/local/door.ts`,
    find: 'if (batches !== undefined) yield* batches.collect(plan, deps)',
    replace: '',
    ...suite('door', 'are waited for'),
  },
  {
    name: 'runner: a reply that is not there as it was is written anew',
    file: `${runner}/src/local/blob-store.ts`,
    find: 'at !== undefined && textOf(await reader.lineAt(at)) === text',
    replace: 'at !== undefined',
    ...suite('blob-store', 'altered or torn'),
  },
]
