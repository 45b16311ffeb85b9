import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { exampleOf } from '../src/config/examples.js'
import { must } from '../src/config/kinds.js'
import { loadConfig } from '../src/config/load.js'
import { modelTable, priceParts } from '../src/config/model-options.js'
import {
  fileKey,
  inFile,
  type OptionName,
  runOptions,
  sections,
  variableOf,
} from '../src/config/run-options.js'
import { folder } from './cli.js'

const page = fileURLToPath(new URL('../../../docs/configuration.md', import.meta.url))

const cell = (words: string) => words.replaceAll('|', '\\|')
const code = (words: string) => `\`${cell(words)}\``
/** Padded as the formatter of this repository pads it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => stringWidth(row[at] ?? ''))))
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => `${row[at]}${' '.repeat(width - stringWidth(row[at] ?? ''))}`).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

function settings(): string {
  return sections
    .map(({ title, options }) => {
      const rows = (Object.keys(options) as OptionName[]).map((name) => {
        const { flags, about, default: usual, kind, also = [] } = runOptions[name]
        const keys = inFile(name) ? [fileKey(name), ...also].map(code).join(', ') : '–'
        const variable = variableOf(name)
        const held = usual === undefined || kind.is === 'switch' ? '' : ` (default: ${usual})`
        const example = inFile(name) ? code(exampleOf(name)) : ''
        return [code(flags), keys, variable === undefined ? '–' : code(variable), cell(about) + held, example]
      })
      return `### ${title}\n\n${table(['flag', 'key', 'variable', 'what', 'example'], rows)}`
    })
    .join('\n\n')
}

const models = () =>
  table(
    ['key', 'what', 'must be'],
    Object.entries(modelTable).map(([key, { about, kind }]) => [code(key), cell(about), cell(must(kind))]),
  )

const filled = (document: string, name: string, content: string) =>
  document.replace(
    new RegExp(`(<!-- ${name} -->)[\\s\\S]*(<!-- /${name} -->)`),
    (_, open: string, close: string) => `${open}\n\n${content}\n\n${close}`,
  )

test('the reference is what the tables of options say; vitest -u writes it anew', async () => {
  const document = await readFile(page, 'utf8')
  await expect(filled(filled(document, 'settings', settings()), 'models', models())).toMatchFileSnapshot(page)
  for (const part of Object.keys(priceParts)) expect(document).toContain(`\`${part}\``)
})

test('each configuration on the page is taken', async () => {
  const document = await readFile(page, 'utf8')
  const blocks = [...document.matchAll(/```(yaml|ts)\n([\s\S]*?)```/g)]
  expect(blocks.length).toBeGreaterThan(3)
  for (const [, kind, content] of blocks) {
    await using at = await folder()
    const name = await at.file(`bench.config.${kind}`, content ?? '')
    const config = await loadConfig(name, {}, at.path)
    expect(config.models.length).toBeGreaterThan(0)
  }
})

/** Prints the URL of every module as it is found. */
const hooks = `
import { writeSync } from 'node:fs'
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  writeSync(2, found.url + '\\n')
  return found
}`

test('help and version need neither the schema nor what reads files', async () => {
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))`
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(register)}`, main, 'bench', '--help'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const [help, found] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(help).toContain('Bounds and money:\n  -y, --yes')
  expect(found).toMatch(/\/commander\//)
  expect(found).not.toMatch(/\/(zod|yaml|jiti|undici)\/|\/dist\/(schema|parse|load)-/)
})
