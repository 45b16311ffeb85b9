/** Exit codes, as scripts rely on them. */
export const exit = {
  complete: 0,
  gateFailed: 1,
  usage: 2,
  infra: 3,
  noModel: 4,
  noSandbox: 5,
  partial: 6,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exit)[keyof typeof exit]

/** An end with a message for the person and a code for their script. */
export class Exit extends Error {
  override readonly name = 'Exit'
  readonly code: ExitCode

  constructor(code: ExitCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The code of every class of error that a library throws, by the error's own `code`. */
const codes: Readonly<Record<string, (code: string) => ExitCode>> = {
  DatasetError: () => exit.usage,
  ScorerError: (code) => (code === 'no_sandbox' ? exit.noSandbox : exit.usage),
  SandboxError: (code) => (code === 'unknown_driver' ? exit.usage : exit.noSandbox),
  ProviderError: (code) => (code === 'bad_request' || code === 'not_found' ? exit.usage : exit.noModel),
  ReportError: () => exit.usage,
  RunnerError: (code) =>
    code === 'no_sandbox' ? exit.noSandbox : code === 'queue_auth' ? exit.noModel : exit.usage,
}

/** What to print and how to end for whatever was thrown: one line, no stack trace. */
export function judge(error: unknown): { message: string; code: ExitCode } {
  if (error instanceof Exit) {
    return { message: error.message, code: error.code }
  }
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
    const known = codes[error.name]
    if (known !== undefined) {
      return { message: error.message, code: known(code) }
    }
    if ('syscall' in error && error.syscall === 'uv_cwd') {
      return { message: 'the folder you are in is there no more: go to another one', code: exit.usage }
    }
    const remedy = systemErrors[code]
    if (remedy !== undefined) {
      return { message: `${error.message}. ${remedy}`, code: exit.usage }
    }
    return {
      message: `unexpected: ${error.message.split('\n')[0]}. This is a fault of bench; BENCH_DEBUG=1 shows where it happened.`,
      code: exit.infra,
    }
  }
  return { message: `unexpected: ${String(error)}`, code: exit.infra }
}

const systemErrors: Readonly<Record<string, string>> = {
  EACCES: 'Choose a place you may write to with --output, or change its permissions.',
  EPERM: 'Choose a place you may write to with --output, or change its permissions.',
  EROFS: 'The file system is read-only: choose another place with --output.',
  ENOSPC: 'The disk is full: free some space, then resume the run.',
  ENOTDIR: 'A part of that path is a file: choose another place with --output.',
  EEXIST: 'Something else is there already: choose another place with --output.',
  EMFILE: 'Too many open files: lower --concurrency.',
}
