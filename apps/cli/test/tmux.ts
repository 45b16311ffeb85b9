import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Why there is no terminal to test on; undefined where there is one. */
export const noTmux = spawnSync('tmux', ['-V']).status === 0 ? undefined : 'skipped: this machine has no tmux'
if (noTmux !== undefined) {
  if (process.env.CI) throw new Error(noTmux)
  console.log(noTmux)
}

export interface Tmux extends Disposable {
  /** Types a line into its shell. */
  type(line: string): void
  /** Presses a key, by tmux's name of it: `C-c`. */
  press(key: string): void
  resize(columns: number, rows: number): void
  /** The screen as a person sees it, without its empty last lines. */
  screen(): string
  /** The same with what has scrolled by. */
  all(): string
  cursorIsShown(): boolean
  /** Process id of what runs in the foreground of its shell. */
  running(): number
}

let opened = 0

/** A shell on a real terminal, as tmux emulates it. `bench` starts the build. */
export function tmux(columns: number, rows: number, cwd: string): Tmux {
  const name = `bench-test-${process.pid}-${opened++}`
  const { PATH = '', HOME = '' } = process.env
  const env = {
    PATH,
    HOME,
    PS1: '$ ',
    BENCH_CACHE: `${cwd}/cache`,
    OLLAMA_HOST: '127.0.0.1:9',
    LC_ALL: 'C.UTF-8',
  }
  const say = (...args: string[]) =>
    execFileSync('tmux', ['-L', name, ...args], { encoding: 'utf8', env, cwd }).trimEnd()
  const size = (x: number, y: number) => ['-x', String(x), '-y', String(y)]
  say('-f', '/dev/null', 'new-session', '-d', ...size(columns, rows), 'sh')
  say('send-keys', '-l', `bench() { '${process.execPath}' '${main}' "$@"; }; clear`)
  say('send-keys', 'Enter')
  return {
    type(line) {
      say('send-keys', '-l', line)
      say('send-keys', 'Enter')
    },
    press: (key) => void say('send-keys', key),
    resize: (x, y) => void say('resize-window', ...size(x, y)),
    screen: () => say('capture-pane', '-p'),
    all: () => say('capture-pane', '-p', '-S', '-'),
    cursorIsShown: () => say('display-message', '-p', '#{cursor_flag}') === '1',
    running() {
      const shell = say('display-message', '-p', '#{pane_pid}')
      return Number(execFileSync('pgrep', ['-P', shell], { encoding: 'utf8' }))
    },
    [Symbol.dispose]: () => void spawnSync('tmux', ['-L', name, 'kill-server']),
  }
}
