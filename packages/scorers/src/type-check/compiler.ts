import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Files, Sandbox } from '@bench/sandbox'

/** How TypeScript is checked: by a project's own `vue-tsc` or `tsc`, where its modules bring one, or by ours. */
export function compilerFiles(
  files: readonly string[],
  check: readonly string[],
  modules: string | undefined,
): {
  tool: string
  programs(): Promise<Files>
  command(box: Sandbox): readonly string[] | undefined
} {
  const bringing = (path: string) => modules !== undefined && existsSync(join(modules, path))
  const vue = check.some((path) => path.endsWith('.vue')) && bringing('vue-tsc/bin/vue-tsc.js')
  const own = bringing('typescript/bin/tsc')
  const program = vue
    ? '/node_modules/vue-tsc/bin/vue-tsc.js'
    : own
      ? '/node_modules/typescript/bin/tsc'
      : '../typescript/tsc.js'
  const args = files.includes('tsconfig.json') ? ['-p', '.'] : [...plain, ...check.filter(isTyped)]
  return {
    tool: vue ? 'vue-tsc' : 'tsc',
    programs: async () => (vue || own ? {} : ourCompiler()),
    command: ({ runtimes: { node } }) =>
      node && [node.command, program, '--noEmit', '--pretty', 'false', ...args],
  }
}

const isTyped = (path: string) => /\.[cm]?tsx?$/.test(path)

/** As strict as TypeScript is where nothing is said, in the newest language. */
const plain = [
  ...['--target', 'esnext'],
  ...['--module', 'esnext'],
  ...['--moduleResolution', 'bundler'],
  ...['--jsx', 'preserve'],
  '--skipLibCheck',
  '--allowImportingTsExtensions',
]

let ours: Promise<Files> | undefined

/** 9 MB, read once. */
function ourCompiler(): Promise<Files> {
  ours ??= readCompiler().catch((error: unknown) => {
    ours = undefined
    throw error
  })
  return ours
}

async function readCompiler(): Promise<Files> {
  const from = dirname(createRequire(import.meta.url).resolve('typescript-5.6'))
  const names = (await readdir(from)).filter((name) => /^(?:tsc\.js|lib\..*d\.ts)$/.test(name))
  const read = names.map(
    async (name) => [`typescript/${name}`, await readFile(join(from, name), 'utf8')] as const,
  )
  return Object.fromEntries(await Promise.all(read))
}
