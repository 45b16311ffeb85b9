import type { Runtime, Sandbox, ToolChain } from './spec.js'

/** What a box may have, and the commands to try for it, best first. */
export type Candidates = { readonly [name in 'python' | 'node' | ToolChain]?: readonly string[] }

/** How each is asked for its version and, where a name may lead to a slow launcher, for its own path. */
const questions: Readonly<
  Record<keyof Candidates, { readonly args: readonly string[]; readonly reply: RegExp }>
> = {
  python: {
    args: ['-I', '-S', '-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3], sys.executable)'],
    reply: /^(?<version>3\.\d+\S*) (?<path>.+)\n$/,
  },
  node: {
    args: ['-p', 'process.versions.node + " " + process.execPath'],
    reply: /^(?<version>\d+\.\d+\S*) (?<path>.+)\n$/,
  },
  cpp: { args: ['-dumpfullversion'], reply: /^(?<version>\d+\.\d+\S*)\n$/ },
  rust: { args: ['--version'], reply: /^rustc (?<version>\d+\.\d+\S*)/ },
  java: { args: ['-version'], reply: /^javac (?<version>\d+\S*)/ },
  go: { args: ['version'], reply: /^go version go(?<version>\d+\.\d+\S*) / },
}

/** Which of these a box has: each is asked, in the box. */
export async function versionsOf(box: Sandbox, candidates: Candidates): Promise<Record<string, Runtime>> {
  const found: Record<string, Runtime> = {}
  for (const [name, commands] of Object.entries(candidates)) {
    const { args, reply } = questions[name as keyof Candidates]
    for (const command of commands) {
      const { code, stdout } = await box.exec([command, ...args])
      const { version, path = command } = reply.exec(new TextDecoder().decode(stdout))?.groups ?? {}
      if (code !== 0 || version === undefined) continue
      found[name] = { command: path, version }
      break
    }
  }
  return found
}

/** Where systems and images have tool chains. */
export const toolChainPlaces: Readonly<Record<ToolChain, readonly string[]>> = {
  cpp: ['/usr/bin/g++', '/usr/local/bin/g++'],
  rust: ['/usr/bin/rustc', '/usr/local/bin/rustc', '/usr/local/cargo/bin/rustc'],
  java: ['/usr/bin/javac', '/usr/local/bin/javac', '/opt/java/openjdk/bin/javac'],
  go: ['/usr/bin/go', '/usr/local/bin/go', '/usr/local/go/bin/go'],
}

/** What one of several boxes of a kind was found to have; asked once for each tool chain. */
export class KnownToolChains {
  readonly #known = new Map<ToolChain, Promise<Runtime | undefined>>()
  readonly #find: (name: ToolChain) => Promise<Runtime | undefined>

  constructor(find: (name: ToolChain) => Promise<Runtime | undefined>) {
    this.#find = find
  }

  async of(wanted: readonly ToolChain[] = []): Promise<Readonly<Record<string, Runtime>>> {
    const found: Record<string, Runtime> = {}
    for (const name of wanted) {
      const asked = this.#known.get(name) ?? this.#find(name)
      this.#known.set(name, asked)
      asked.catch(() => this.#known.delete(name))
      const runtime = await asked
      if (runtime !== undefined) found[name] = runtime
    }
    return found
  }
}
