import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Seconds that the longest files take on two cores. They start first: one that comes last leaves every core but its own idle. */
export const seconds: Readonly<Record<string, number>> = {
  'packages/sandbox/test/docker.test.ts': 240,
  'packages/scorers/test/js-forgeries.test.ts': 180,
  'packages/sandbox/test/fork-server.test.ts': 160,
  'packages/sandbox/test/bubblewrap.test.ts': 150,
  'packages/sandbox/test/hostile.test.ts': 100,
  'packages/scorers/test/py-forgeries.test.ts': 130,
  'packages/runner/test/kill-points.test.ts': 125,
  'packages/sandbox/test/as-user.test.ts': 80,
  'packages/sandbox/test/conformance.test.ts': 70,
  'packages/scorers/test/project-node-forgeries.test.ts': 60,
  'packages/scorers/test/compiled-java-forgeries.test.ts': 50,
  'packages/runner/test/io-faults.test.ts': 45,
  'packages/scorers/test/project-forgeries.test.ts': 45,
  'packages/scorers/test/compiled-cpp.test.ts': 40,
  'packages/scorers/test/compiled-go-forgeries.test.ts': 40,
  'packages/scorers/test/compiled-rust-forgeries.test.ts': 40,
  'packages/scorers/test/project-tests.test.ts': 35,
  'apps/cli/test/queue.test.ts': 35,
  'packages/scorers/test/code-tests.test.ts': 35,
  'apps/cli/test/config-run.test.ts': 30,
  'packages/runner/test/agent-hostile.test.ts': 30,
  'packages/scorers/test/js.test.ts': 25,
  'apps/cli/test/secrets.test.ts': 25,
  'packages/scorers/test/compiled-go.test.ts': 25,
  'packages/scorers/test/compiled-cpp-forgeries.test.ts': 25,
  'packages/runner/test/merge-kill.test.ts': 20,
  'packages/scorers/test/judge.test.ts': 20,
  'packages/sandbox/test/wasm.test.ts': 20,
}

/** The longest first, then as Vitest would have it: by what it remembers, else by size. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config
    const known = ({ moduleId }: TestSpecification) => seconds[relative(root, moduleId)] ?? 0
    return (await super.sort(files)).sort((a, b) => known(b) - known(a))
  }
}
