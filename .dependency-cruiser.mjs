// The order of the house: a folder may import only folders that stand below it in this list.
const LAYERS = [
  'main.ts',
  'app.ts',
  'action',
  'cli',
  'library',
  'demo',
  'serve',
  'http/setup',
  ['http/api', 'http/dashboard', 'http/webhook'],
  'http/session',
  'http/shared',
  'events',
  'slash',
  'operations',
  'usecases',
  ['github', 'store', 'queue', 'telemetry'],
  ['disk', 'database'],
  'render',
  'scorecard',
  'proposal',
  'on-time',
  'simulate',
  'strategy',
  'plan',
  'jobs',
  'forecast',
  'genes',
  'history',
  'config',
  'workflow',
  'cron',
  'env.ts',
  'network-list.ts',
  'keyed-mutex.ts',
  'text-bytes.ts',
  ['checked.ts', 'clock.ts', 'immutable.ts', 'log.ts', 'statistics.ts', 'time.ts'],
  ['nearest-word.ts', 'schema-problem.ts'],
  'errors.ts',
].map((layer) => [layer].flat());

const NAMES = LAYERS.flat();

/**
 * Folders that compute and touch nothing, from `render` down to `cron`: no platform modules, no clients of anything
 * outside. `scripts/purity.ts` holds them to the rest: no memory, no clock, no randomness.
 */
export const PURE_FOLDERS = NAMES.slice(NAMES.indexOf('render'), NAMES.indexOf('cron') + 1);

const pathOf = (name) => (name.endsWith('.ts') ? `^src/${name.replace('.', '\\.')}$` : `^src/${name}/`);

const upward = LAYERS.slice(1).flatMap((layer, position) =>
  layer.map((name) => ({
    name: `${name.replace('.ts', '')}-imports-only-what-is-below`,
    severity: 'error',
    from: { path: pathOf(name) },
    to: {
      // Ports are types that adapters implement: an adapter may name its port, never call a use case.
      path: [
        ...LAYERS.slice(0, position + 1)
          .flat()
          .map(pathOf),
        ...layer.filter((other) => other !== name).map(pathOf),
      ].join('|'),
      ...(['github', 'store', 'queue', 'telemetry'].includes(name)
        ? { pathNot: '^src/usecases/ports\\.ts$' }
        : {}),
    },
  })),
);

export default {
  forbidden: [
    ...upward,
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-folders-touch-nothing',
      severity: 'error',
      from: { path: `^src/(${PURE_FOLDERS.join('|')})/` },
      to: {
        path: [
          '^(node:)?(fs|fs/promises|net|http|https|child_process|crypto|worker_threads|os|timers)$',
          '@octokit|probot|node_modules/(pg|pg-boss|kysely|lowdb)/',
        ].join('|'),
      },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
