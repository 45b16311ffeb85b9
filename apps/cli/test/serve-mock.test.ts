import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cli, folder, start } from './cli.js'

const example = fileURLToPath(new URL('../../../docs/faults.yaml', import.meta.url))

/** The server as a person starts it, on a free port, once it says where it is. */
async function serving(cwd: string, ...args: string[]) {
  const running = start(['serve-mock', '--port', '0', ...args], { cwd })
  const url = await new Promise<string>((resolve, reject) => {
    running.child.stdout.once('data', (text: string) => resolve(text.trim()))
    void running.ended.then(({ stderr }) => reject(new Error(stderr)))
  })
  return { ...running, url }
}

test('a run against the mock server meets its faults and gets over them; Ctrl-C ends it', async () => {
  await using dir = await folder()
  const { url, child, ended } = await serving(dir.path, '--script', example)
  const run = await cli(
    ['bench', '-d', 'reasoning-tasks', '-p', 'openai-compatible:mock', '--endpoint', `${url}/v1`, '--json'],
    { cwd: dir.path },
  )
  expect(run.code, run.stderr).toBe(0)
  child.kill('SIGINT')
  const { code, stderr } = await ended
  expect(code).toBe(0)
  const served = Number(/served (\d+) requests/.exec(stderr)?.[1])
  // 18 tasks, and those asked again: every tenth limited, every seventh torn.
  expect(served).toBeGreaterThan(19)
})

test('the example of the document is the file beside it', async () => {
  const document = await readFile(new URL('../../../docs/mock-server.md', import.meta.url), 'utf8')
  expect(document).toContain(`\`\`\`yaml\n${await readFile(example, 'utf8')}\`\`\``)
})

test('a port that is taken, a file that is not there, a script that is none: one line each', async () => {
  await using dir = await folder()
  const { url, child, ended } = await serving(dir.path)
  const port = new URL(url).port
  expect(await cli(['serve-mock', '--port', port], { cwd: dir.path })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `bench: port ${port} is taken: choose another with --port, or 0 for a free one.\n`,
  })
  child.kill('SIGTERM')
  await ended
  const broken = await dir.file('broken.yaml', 'rules: [{fault: oops}]')
  for (const [file, said] of [
    ['nowhere.yaml', /^bench: --script nowhere\.yaml: there is no such file\. Name a YAML file\.\n$/],
    [broken, /^bench: broken\.yaml: rules\.0\.fault: no such fault\. Known: auth, .*\n$/],
    [await dir.file('none.yaml', 'a: [b'), /^bench: --script none\.yaml is not YAML: .*\n$/],
  ] as const) {
    const { code, stderr } = await cli(['serve-mock', '--port', '0', '--script', file], { cwd: dir.path })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(said) })
  }
})
