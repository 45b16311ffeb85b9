import type { AssertCode } from '@bench/datasets'
import type { SandboxDriver } from '@bench/sandbox'
import type { LanguageSupport } from '../languages/spec.js'
import { stageProgram } from '../python.js'
import type { Score } from '../spec.js'
import { judgeAssert } from './assert.js'
import { Room } from './room.js'
import type { Servers } from './servers.js'
import { judgeStaged, keptRehearsals, type Stage, type Staging } from './staged.js'

const staging: Staging = { program: 'answers.py' }

/**
 * Judges Python by the task's own assertions, played on stages that stay beside the jobs. The first verdict does not wait for a stage: its
 * test is joined to the candidate's process, and stages are opened behind it.
 */
export class PythonAsserts implements AsyncDisposable {
  readonly #rooms: readonly Room[]
  readonly #rehearsals = keptRehearsals()
  readonly #eager: boolean
  #opening: Promise<unknown> | undefined
  #failures = 0
  #open = false

  /**
   * @param size stages at once
   * @param eager whether the first verdict waits for them
   */
  constructor(driver: SandboxDriver, { size, eager }: { readonly size: number; readonly eager: boolean }) {
    this.#eager = eager
    this.#rooms = Array.from(
      { length: size },
      () =>
        new Room(driver, {
          runtime: 'python',
          program: 'stage.py',
          files: stageProgram,
          memoryBytes: 512 << 20,
          maxQuestions: 2000,
          readySec: 30,
        }),
    )
  }

  /** @throws SandboxError where no code of the candidate has run */
  async judge(
    spec: AssertCode,
    source: string,
    support: LanguageSupport,
    servers: Servers,
    signal?: AbortSignal,
  ): Promise<Score> {
    // Without a stage everything can be judged, only slower.
    if (this.#eager && this.#failures < 3) await this.#prepare().catch(() => {})
    if (this.#open)
      return judgeStaged(spec, { source, test: spec.test }, staging, {
        support,
        servers,
        stage: this.#stage,
        rehearsals: this.#rehearsals,
        signal,
      })
    const score = await judgeAssert(spec, source, support, servers, signal)
    if (this.#failures < 3) this.#prepare().catch(() => {})
    return score
  }

  #prepare(): Promise<unknown> {
    this.#opening ??= Promise.all(this.#rooms.map((room) => room.open())).then(
      () => {
        this.#open = true
      },
      (error) => {
        this.#opening = undefined
        this.#failures++
        throw error
      },
    )
    return this.#opening
  }

  /** The one with the fewest questions before it. */
  readonly #stage: Stage = {
    ask: (question, seconds) =>
      this.#rooms.reduce((least, room) => (room.busy < least.busy ? room : least)).ask(question, seconds),
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#rooms.map((room) => room[Symbol.asyncDispose]()))
  }
}
