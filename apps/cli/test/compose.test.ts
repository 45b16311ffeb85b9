import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const file = join(root, 'docker-compose.yml')

interface Service {
  readonly build?: { readonly context: string; readonly target: string }
  readonly privileged?: boolean
  readonly volumes?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const { services } = parse(readFileSync(file, 'utf8'), { merge: true }) as {
  services: Record<string, Service>
}

test('there are Postgres, workers and the dashboard, built from stages that exist', () => {
  expect(Object.keys(services)).toEqual(['postgres', 'worker', 'bench', 'dashboard'])
  const recipe = readFileSync(join(dirname(file), 'Dockerfile'), 'utf8')
  const stages = [...recipe.matchAll(/^FROM .* AS (\S+)$/gm)].map(([, name]) => name)
  for (const { build } of Object.values(services)) if (build) expect(stages).toContain(build.target)
  // What the image is built with is what the repository is.
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(recipe).toContain(packageManager)
})

test('bubblewrap is let make its namespaces by name, and by nothing more than it needs', () => {
  const text = readFileSync(join(root, 'docker-compose.bubblewrap.yml'), 'utf8')
  const opened = parse(text, { merge: true }).services as Record<string, Service>
  const security_opt = ['seccomp=unconfined', 'apparmor=unconfined', 'systempaths=unconfined']
  expect(opened).toEqual({ worker: { security_opt }, bench: { security_opt } })
})

test('what runs model-written code has neither the socket of Docker nor rights', () => {
  for (const name of ['worker', 'bench']) {
    const { volumes = [], privileged, cap_drop, security_opt } = services[name]!
    expect(volumes.join(' ')).not.toContain('docker.sock')
    expect([privileged, cap_drop, security_opt]).toEqual([undefined, ['ALL'], ['no-new-privileges:true']])
  }
})

test('Docker takes it as it is', ({ skip }) => {
  if (spawnSync('docker', ['compose', 'version']).status !== 0) return skip('docker compose is not here')
  const out = execFileSync('docker', ['compose', '-f', file, '--profile', 'tools', 'config'], {
    env: { ...process.env, BENCH_DB_PASSWORD: 'x' },
    encoding: 'utf8',
  })
  expect(existsSync(file)).toBe(true)
  expect(out).toContain('postgres://bench:x@postgres:5432/bench')
})
