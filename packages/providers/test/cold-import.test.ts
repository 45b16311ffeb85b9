import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** Prints the URL of every module as it is found. */
const hooks = `
import { writeSync } from 'node:fs'
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  writeSync(1, found.url + '\\n')
  return found
}`

/** The modules that the build loads for a piece of code, each once, by file. */
async function loaded(code: string): Promise<readonly string[]> {
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))`
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(register)}`,
      '--input-type=module',
      '--eval',
      code,
    ],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(said).toBe('')
  return [...new Set(out.trim().split('\n'))]
}

const heavy = {
  undici: /\/undici\//,
  zod: /\/zod\//,
  'price list': /\/genai-prices\//,
  jiti: /\/jiti\//,
  yaml: /\/yaml\//,
  'Anthropic SDK': /@anthropic-ai\/sdk|\/dist\/sdk-/,
  vitest: /\/vitest\//,
}

const kinds = (modules: readonly string[]) =>
  Object.entries(heavy).flatMap(([kind, pattern]) => (modules.some((url) => pattern.test(url)) ? [kind] : []))

const resolve = (id: string) =>
  `const { resolveModel } = await import('@bench/providers'); await resolveModel(${JSON.stringify(id)}, { apiKey: 'sk-0123456789', endpoint: 'http://127.0.0.1:9' })`

describe('what is loaded', () => {
  it('at the import: nothing heavy, and no adapter', async () => {
    const modules = await loaded("await import('@bench/providers')")
    expect(modules.length).toBeGreaterThan(1)
    expect(kinds(modules)).toEqual([])
    expect(modules.filter((url) => /dist\/(openai|anthropic|ollama|gemini|oracle)-/.test(url))).toEqual([])
  })

  it.each(['openai:gpt-4o', 'openrouter:a/b', 'gemini:gemini-2.5-pro', 'openai-compatible:m', 'ollama:m'])(
    'for %s: no SDK of another',
    async (id) => {
      const found = kinds(await loaded(resolve(id)))
      expect(found).toContain('zod')
      expect(found).not.toContain('Anthropic SDK')
      expect(found).not.toContain('jiti')
    },
  )

  it('for a model of Anthropic’s: its SDK, and now only', async () => {
    expect(kinds(await loaded(resolve('anthropic:claude-haiku-4-5')))).toContain('Anthropic SDK')
  })

  it('for a control: nothing heavy but what checks its settings', async () => {
    expect(
      kinds(
        await loaded(
          "const { resolveModel } = await import('@bench/providers'); await resolveModel('oracle')",
        ),
      ),
    ).toEqual(['zod'])
  })
})
