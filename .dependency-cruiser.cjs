/** The arrows of docs/architecture.md, held by `pnpm check`. Between packages only public doors, never a path inside. */
const door = '^packages/[^/]+/src/(index|mock|testing|record/index|queue/index)\\.ts$'

/** @param {string} from @param {string[]} allowed */
const only = (from, allowed) => ({
  name: `${from}-imports-${allowed.length > 0 ? `only-${allowed.join('-')}` : 'no-sibling'}`,
  severity: 'error',
  from: { path: `^packages/${from}/src` },
  to: { path: '^packages/', pathNot: `^packages/(${[from, ...allowed].join('|')})/` },
})

module.exports = {
  forbidden: [
    only('providers', []),
    only('datasets', []),
    only('sandbox', []),
    only('gpu', []),
    only('scorers', ['datasets', 'sandbox', 'providers']),
    only('runner', ['datasets', 'providers', 'sandbox', 'scorers', 'gpu']),
    only('report', ['runner']),
    {
      name: 'scorers-take-types-only-from-providers',
      severity: 'error',
      from: { path: '^packages/scorers/src' },
      to: { path: '^packages/providers/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'report-imports-only-the-record-door',
      severity: 'error',
      from: { path: '^packages/report/src' },
      to: { path: '^packages/runner/', pathNot: '^packages/runner/src/record/index\\.ts$' },
    },
    {
      name: 'the-record-door-and-the-report-run-anywhere',
      comment: 'They are bundled for workers too: no Node modules, heavy or otherwise.',
      severity: 'error',
      from: { path: '^packages/(runner/src/record|report/src)/', pathNot: 'src/testing' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-public-doors-between-packages',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', door] },
    },
    {
      name: 'apps-use-public-doors',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^packages/', pathNot: [door] },
    },
    { name: 'no-app-in-a-library', severity: 'error', from: { path: '^packages/' }, to: { path: '^apps/' } },
    { name: 'no-circle', severity: 'error', from: { path: '/src/' }, to: { circular: true } },
    {
      name: 'no-test-in-src',
      severity: 'error',
      from: { path: '/src/', pathNot: 'src/testing' },
      to: { path: '(/test/|vitest)' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|node_modules|/tsup\\.config\\.ts$)' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@bench/source', 'node', 'import', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
}
