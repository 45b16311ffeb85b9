/** One reply to be judged. */
interface JudgingJob {
  /** It runs code: as many at once as the machine bears. Others wait for their turn nowhere. */
  readonly runsCode: boolean
  /** Whose it is: the lanes take turns, so that a model that answers at once does not have others wait. */
  readonly lane: string
  /** Memory that it holds while it waits, about, in bytes. */
  readonly bytes: number
  judge(): Promise<void>
}

/** Judges beside the wire: a slow test keeps nobody from asking, until so much waits that memory would grow. */
export interface JudgingPool {
  /** Takes a reply on, and resolves when there is room for one more in its lane. Whoever asks models waits for that. */
  add(job: JudgingJob): Promise<void>
  /** Resolves when everything that was taken on has been judged or dropped. */
  idle(): Promise<void>
  /** Nothing that waits is begun any more; what is under way ends on its own. */
  drop(): void
  readonly waiting: number
}

export interface JudgingOptions {
  /** Replies whose code runs at once. */
  readonly atOnce: number
  /** Replies of one lane that may wait before nobody is asked for more of them; 1,024 where absent. */
  readonly most?: number
  /** Bytes of replies that may wait in all lanes together; 64 MiB where absent. */
  readonly mostBytes?: number
  /** Told of each change. */
  onWaiting?(waiting: number): void
}

export function judgingPool({
  atOnce,
  most = 1024,
  mostBytes = 64 * 2 ** 20,
  onWaiting,
}: JudgingOptions): JudgingPool {
  /** Those that wait, the lane whose turn is next first. A lane of none is not there. */
  const lanes = new Map<string, JudgingJob[]>()
  let waiting = 0
  let bytes = 0
  let running = 0
  let quick = 0
  let roomFor: (() => void)[] = []
  let idlers: (() => void)[] = []

  const isFull = (lane: string): boolean =>
    (lanes.get(lane)?.length ?? 0) + quick >= most || bytes >= mostBytes

  function next(): JudgingJob | undefined {
    for (const [lane, jobs] of lanes) {
      const job = jobs.shift()!
      lanes.delete(lane)
      if (jobs.length > 0) lanes.set(lane, jobs)
      waiting--
      bytes -= job.bytes
      return job
    }
    return undefined
  }

  function tell(): void {
    onWaiting?.(waiting)
    // Each looks for itself whether there is room now.
    const woken = roomFor
    roomFor = []
    for (const wake of woken) wake()
    if (waiting + running + quick > 0) return
    const over = idlers
    idlers = []
    for (const wake of over) wake()
  }

  async function runQuick(job: JudgingJob): Promise<void> {
    quick++
    bytes += job.bytes
    try {
      await job.judge()
    } finally {
      quick--
      bytes -= job.bytes
      tell()
    }
  }

  async function runNext(): Promise<void> {
    running++
    try {
      for (let job = next(); job !== undefined; job = next()) {
        tell()
        await job.judge()
      }
    } finally {
      running--
      tell()
    }
  }

  return {
    async add(job) {
      if (job.runsCode) {
        const jobs = lanes.get(job.lane) ?? []
        jobs.push(job)
        lanes.set(job.lane, jobs)
        waiting++
        bytes += job.bytes
        if (running < atOnce) void runNext()
        else tell()
      } else void runQuick(job)
      while (isFull(job.lane)) await new Promise<void>((resolve) => roomFor.push(resolve))
    },
    async idle() {
      while (waiting + running + quick > 0) await new Promise<void>((resolve) => idlers.push(resolve))
    },
    drop() {
      while (next() !== undefined);
      tell()
    },
    get waiting() {
      return waiting
    },
  }
}
