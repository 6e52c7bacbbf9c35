import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { temporaryFiles } from './test/quick-directory.ts';

/**
 * Most tests run one after another in the same processes: to start one for every file, to load the same modules in it
 * and to run them cold takes a second or two a file. These get a process of their own: they drive a browser, walk by a
 * time of their own, start processes that they have to account for, or look at and change what belongs to the whole
 * process.
 */
const ISOLATED = [
  'test/chaos/**/*.test.ts',
  'test/cluster/**/*.test.ts',
  'test/e2e/on-time.test.ts',
  'test/http/dashboard/browser.test.ts',
  'test/library/**/*.test.ts',
  'test/serve/planner.test.ts',
  'test/walk/**/*.test.ts',
];

/** These share a process among themselves alone: nock takes over its network. */
const NOCKED = [
  'test/app.test.ts',
  'test/cli/failure.test.ts',
  'test/cli/plan.test.ts',
  'test/github/**/*.test.ts',
];

/** These mock a module, or load our oracle, @actions/workflow-parser, which imports JSON without an attribute. */
const BUNDLED = [
  'test/cron/parse.test.ts',
  'test/disk/durable-file.test.ts',
  'test/disk/power-loss.test.ts',
  'test/workflow/broken-needs.test.ts',
  'test/workflow/edit.test.ts',
  'test/workflow/edit-triggers.test.ts',
];

/**
 * Node runs the code itself, as in production. Vite's module runner makes each use of an import a look into an object,
 * which makes hot loops two to three times slower, and has each process transform what it loads.
 */
const NATIVE = { experimental: { viteModuleRunner: false, nodeLoader: false } };

/** The files that take three seconds and more, the longest first; at the end all workers have short ones. */
const LONGEST = [
  'test/library/package.test.ts',
  'test/http/dashboard/browser.test.ts',
  'test/chaos/chaos.test.ts',
  'test/walk/walk.test.ts',
  'test/e2e/on-time.test.ts',
  'test/crash/whole-app-postgres.test.ts',
  'test/golden/demo.test.ts',
  'test/crash/on-time.test.ts',
  'test/cluster/cluster.test.ts',
  'test/queue/pg-boss.test.ts',
  'test/e2e/proposal-life.test.ts',
  'test/crash/whole-app.test.ts',
  'test/store/postgres.test.ts',
  'test/e2e/app.test.ts',
  'test/cluster/processes.test.ts',
  'test/e2e/proposal-adversity.test.ts',
  'test/store/postgres-tables.test.ts',
  'test/doors.test.ts',
  'test/golden/sets.test.ts',
  'test/action/same-as-server.test.ts',
  'test/crash/disk-full.test.ts',
  'test/database/migrate.test.ts',
  'test/store/lowdb.test.ts',
  'test/cli/serve.test.ts',
  'test/e2e/proposal-branch.test.ts',
  'test/usecases/planning/wishes.test.ts',
  'test/action/tune.test.ts',
  'test/disk/journal.test.ts',
  'test/bench/plan-bound.test.ts',
  'test/action/state.test.ts',
  'test/e2e/doors.test.ts',
  'test/http/webhook/json-bounds.test.ts',
  'test/cli/operation-command.test.ts',
  'test/workflow/read.test.ts',
  'test/render/pull-request.test.ts',
  'test/render/report.test.ts',
  'test/bench/on-time.test.ts',
  'test/crash/kill.test.ts',
  'test/crash/overtaken.test.ts',
  'test/scripts/live.test.ts',
  'test/usecases/planning/plan-repository.test.ts',
  'test/e2e/pull-request-wishes.test.ts',
  'test/e2e/silence.test.ts',
  'test/http/dashboard/pages.test.ts',
  'test/fuzz/api.test.ts',
  'test/layers.test.ts',
];

/** A shared process is kept only while the next file is of its project: those of one project come together. */
const PROJECTS = ['isolated', 'shared', 'nocked', 'bundled'];

/** Within a project, starts the longest files first and the shortest last: all workers have work until the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const place = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
      return PROJECTS.indexOf(project.name) * 1_000 + (place === -1 ? LONGEST.length : place);
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Half of what it takes to load the App is compiling it: test processes, and what they start, share that.
    env: {
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled'),
      TMPDIR: temporaryFiles(),
    },
    setupFiles: ['test/compile-cache.ts'],
    // With one more, to use the time in which some wait, the suite took an eighth longer on two cores.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...NATIVE,
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ISOLATED, ...NOCKED, ...BUNDLED],
          isolate: false,
        },
      },
      { extends: true, test: { ...NATIVE, name: 'nocked', include: NOCKED, isolate: false } },
      { extends: true, test: { ...NATIVE, name: 'isolated', include: ISOLATED } },
      {
        extends: true,
        test: { name: 'bundled', include: BUNDLED, server: { deps: { inline: [/@actions\//] } } },
      },
    ],
  },
});
