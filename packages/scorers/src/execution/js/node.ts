import type { CodeSpec } from '@bench/datasets'
import type { SandboxDriver } from '@bench/sandbox'
import { compilerProgram, stageProgram } from '../../javascript.js'
import type { LanguageSupport } from '../../languages/spec.js'
import type { Score } from '../../spec.js'
import { judgeIo } from '../io.js'
import { Room } from '../room.js'
import type { Servers } from '../servers.js'
import { keptRehearsals } from '../staged.js'
import { judgeNodeAssert } from './assert.js'
import { compile } from './compile.js'

/** Judges JavaScript and TypeScript, with trusted programs that stay beside the jobs. They are opened when they are needed. */
export class NodeJudge implements AsyncDisposable {
  readonly #stage: Room
  readonly #checker: Room
  readonly #stripper: Room
  readonly #rehearsals = keptRehearsals()

  constructor(driver: SandboxDriver) {
    this.#stage = new Room(driver, {
      runtime: 'node',
      program: 'stage.cjs',
      files: stageProgram,
      memoryBytes: 512 << 20,
      maxQuestions: 2000,
      readySec: 30,
    })
    const compiler = {
      runtime: 'node',
      program: 'compiler.cjs',
      files: compilerProgram,
      memoryBytes: 1 << 30,
      readySec: 120,
    } as const
    this.#checker = new Room(driver, { ...compiler, args: ['check'], maxQuestions: 400 })
    this.#stripper = new Room(driver, { ...compiler, maxQuestions: 2000 })
  }

  /** @throws SandboxError where no code of the candidate has run */
  async judge(
    spec: CodeSpec,
    code: string,
    support: LanguageSupport,
    servers: Servers,
    signal?: AbortSignal,
  ): Promise<Score> {
    const compiler = spec.kind === 'assert' && spec.typeCheck ? this.#checker : this.#stripper
    const ready =
      spec.language === 'typescript'
        ? await compile(spec, code, compiler, signal)
        : { source: code, test: undefined }
    if ('outcome' in ready) return { outcome: ready.outcome, value: 0, detail: { error: ready.error } }
    const means = { support, servers, stage: this.#stage, rehearsals: this.#rehearsals, signal }
    if (spec.kind === 'assert')
      return judgeNodeAssert(spec, { source: ready.source, test: ready.test ?? spec.test }, means)
    if (spec.kind === 'io') return judgeIo(spec, ready.source, support, servers, signal)
    throw new Error(`code in ${spec.language} is not judged by ${spec.kind}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const rooms = [this.#stage, this.#checker, this.#stripper]
    await Promise.all(rooms.map((room) => room[Symbol.asyncDispose]()))
  }
}
