/** One reply to be judged. */
interface JudgingJob {
  /** It runs code: as many at once as the machine bears. Others wait for their turn nowhere. */
  readonly runsCode: boolean
  /** Memory that it holds while it waits, about, in bytes. */
  readonly bytes: number
  judge(): Promise<void>
}

/** Judges beside the wire: a slow test keeps nobody from asking, until so much waits that memory would grow. */
export interface JudgingPool {
  /** Takes a reply on, and resolves when there is room for one more. Whoever asks models waits for that. */
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
  /** Replies that may wait before nobody is asked any more; 1,024 where absent. */
  readonly most?: number
  /** Bytes of replies that may wait; 64 MiB where absent. */
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
  const queue: JudgingJob[] = []
  let bytes = 0
  let running = 0
  let quick = 0
  let roomFor: (() => void)[] = []
  let idlers: (() => void)[] = []

  const isFull = (): boolean => queue.length + quick >= most || bytes >= mostBytes

  function tell(): void {
    onWaiting?.(queue.length)
    if (!isFull()) {
      const woken = roomFor
      roomFor = []
      for (const wake of woken) wake()
    }
    if (queue.length + running + quick > 0) return
    const woken = idlers
    idlers = []
    for (const wake of woken) wake()
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
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        bytes -= job.bytes
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
        queue.push(job)
        bytes += job.bytes
        if (running < atOnce) void runNext()
        else tell()
      } else void runQuick(job)
      while (isFull()) await new Promise<void>((resolve) => roomFor.push(resolve))
    },
    async idle() {
      while (queue.length + running + quick > 0) await new Promise<void>((resolve) => idlers.push(resolve))
    },
    drop() {
      for (const job of queue.splice(0)) bytes -= job.bytes
      tell()
    },
    get waiting() {
      return queue.length
    },
  }
}
