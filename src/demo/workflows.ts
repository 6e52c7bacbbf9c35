import type { SourceFile } from '../usecases/ports.ts';
import { readWorkflowSource } from '../workflow/read.ts';

/** How the runs of one demo workflow behave. */
export interface DemoWorkflow {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly schedules: readonly { readonly cron: string; readonly timezone: string }[];
  readonly medianSeconds: number;
  /** Standard deviation of the logarithm of the duration. */
  readonly spread: number;
  readonly failureShare: number;
  /** Share of runs that miss their cache, and how many times as long those take. */
  readonly cacheMiss?: { readonly share: number; readonly factor: number };
  /** From this day on every run takes `factor` times as long: something was added to the work. */
  readonly levelShift?: { readonly afterDay: number; readonly factor: number };
  /** On this day of the week (0: Sunday, UTC) its runs take `factor` times as long. */
  readonly longDay?: { readonly weekday: number; readonly factor: number };
  /** Push and pull request runs on a working day; none where left out. */
  readonly pushesPerWorkday?: number;
  readonly jobs: readonly string[];
}

const BUILD_STEPS = `    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
`;

/** A workflow by the name of its file: what else it is called and when it runs stands in its text. */
interface WrittenWorkflow extends Omit<DemoWorkflow, 'id' | 'name' | 'path' | 'schedules'> {
  readonly file: string;
}

const WRITTEN: readonly WrittenWorkflow[] = [
  {
    file: 'nightly-build.yml',
    text: `name: Nightly build
on:
  schedule:
    - cron: '0 0 * * *' # every night
  workflow_dispatch:

jobs:
  compile:
${BUILD_STEPS}      - run: make release
  package:
    needs: compile
${BUILD_STEPS}      - run: make package
`,
    medianSeconds: 2280,
    spread: 0.12,
    failureShare: 0.04,
    jobs: ['compile', 'package'],
  },
  {
    file: 'database-backup.yml',
    text: `name: Database backup

on:
  schedule:
    # Must not run twice a day: the copy is expensive.
    - cron: "0 0 * * *"

jobs:
  backup:
${BUILD_STEPS}      - run: ./scripts/backup.sh
`,
    medianSeconds: 1500,
    spread: 0.1,
    failureShare: 0.02,
    jobs: ['backup'],
  },
  {
    file: 'morning-report.yml',
    text: `name: Morning report
on:
  schedule:
    - cron: '30 4 * * *' # offbeat: finish-by=07:00
jobs:
  report:
${BUILD_STEPS}      - run: npm run report
`,
    medianSeconds: 1200,
    spread: 0.08,
    failureShare: 0.03,
    // On Mondays it reports on the weekend too.
    longDay: { weekday: 1, factor: 2 },
    jobs: ['report'],
  },
  {
    file: 'security-scan.yml',
    text: `name: Security scan
on:
  schedule:
    - cron: '0 3 * * *'
permissions:
  contents: read
jobs:
  scan:
${BUILD_STEPS}      - run: ./scan --all
`.replaceAll('\n', '\r\n'),
    medianSeconds: 720,
    spread: 0.14,
    failureShare: 0.05,
    levelShift: { afterDay: 34, factor: 1.8 },
    jobs: ['scan'],
  },
  {
    file: 'e2e.yml',
    text: `name: End-to-end tests
on:
  schedule:
    - cron: 0 1 * * *
jobs:
  browser:
    strategy:
      matrix:
        browser: [chromium, firefox, webkit]
${BUILD_STEPS}      - run: npm run e2e -- --project=\${{ matrix.browser }}
`,
    medianSeconds: 1680,
    spread: 0.2,
    failureShare: 0.22,
    jobs: ['browser (chromium)', 'browser (firefox)', 'browser (webkit)'],
  },
  {
    file: 'warm-caches.yml',
    text: `name: Warm caches
on:
  schedule:
    - cron: '0 * * * *'
jobs:
  warm:
${BUILD_STEPS}      - uses: actions/cache@v4
        with:
          path: ~/.cache
          key: warm-\${{ hashFiles('**/package-lock.json') }}
`,
    medianSeconds: 130,
    spread: 0.12,
    failureShare: 0.02,
    cacheMiss: { share: 0.25, factor: 4 },
    jobs: ['warm'],
  },
  {
    file: 'sync-data.yml',
    text: `name: Sync data
on:
  schedule:
    - cron: '*/15 * * * *'
jobs:
  sync:
${BUILD_STEPS}      - run: ./sync.sh
`,
    medianSeconds: 95,
    spread: 0.25,
    failureShare: 0.03,
    jobs: ['sync'],
  },
  {
    file: 'dependency-report.yml',
    text: `name: Dependency report
on:
  schedule:
    # Mondays, before the planning
    - cron: 0 6 * * 1
jobs:
  report:
${BUILD_STEPS}      - run: npm outdated || true
`,
    medianSeconds: 360,
    spread: 0.1,
    failureShare: 0.02,
    jobs: ['report'],
  },
  {
    file: 'daily-digest.yml',
    text: `name: Daily digest
on:
  schedule:
    - cron: '0 9 * * 1-5'
      timezone: Europe/Berlin
jobs:
  digest:
${BUILD_STEPS}      - run: ./digest.sh
`,
    medianSeconds: 75,
    spread: 0.2,
    failureShare: 0.01,
    jobs: ['digest'],
  },
  {
    file: 'stale-issues.yml',
    text: `name: Stale issues
on:
  schedule:
    - cron: '30 1 * * *'
jobs:
  stale:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/stale@v10
`,
    medianSeconds: 240,
    spread: 0.08,
    failureShare: 0.01,
    // The weekend's issues are looked through on Mondays.
    longDay: { weekday: 1, factor: 3 },
    jobs: ['stale'],
  },
  {
    file: 'check-links.yml',
    text: `name: Check links
on:
  schedule:
    - cron: '0 2 * * 0'
jobs:
  links:
${BUILD_STEPS}      - run: npx linkinator docs
`,
    medianSeconds: 840,
    spread: 0.2,
    failureShare: 0.1,
    jobs: ['links'],
  },
  {
    file: 'month-end.yml',
    text: `name: Month end
on:
  schedule:
    - cron: '0 5 1 * 1' # the 1st, and every Monday
jobs:
  close:
${BUILD_STEPS}      - run: ./close-month.sh
`,
    medianSeconds: 600,
    spread: 0.1,
    failureShare: 0.02,
    jobs: ['close'],
  },
  {
    file: 'ci.yml',
    text: `name: Continuous integration
on: [push, pull_request]
jobs:
  test:
${BUILD_STEPS}      - run: npm test
`,
    medianSeconds: 420,
    spread: 0.25,
    failureShare: 0.15,
    pushesPerWorkday: 10,
    jobs: ['test'],
  },
];

const FIRST_ID = 101;

/** The repository of the demo: scheduled work as one finds it, most of it at round hours. */
export const DEMO_WORKFLOWS: readonly DemoWorkflow[] = WRITTEN.map(({ file, ...written }, at) => {
  const path = `.github/workflows/${file}`;
  const { name, schedules } = readWorkflowSource(path, written.text).file;
  return {
    ...written,
    id: FIRST_ID + at,
    name,
    path,
    schedules: schedules.map(({ cron, timezone }) => ({ cron, timezone })),
  };
});

/** No mode is set: whoever plays the demo sees how a maintainer asks for more. */
export const DEMO_CONFIG =
  '# No mode is set here: Offbeat observes until a maintainer comments /suggest.\nmin-confidence: 0.6\n';

/** What is committed to the demo's repository; `config` is the text of its `.github/offbeat.yml`. */
export function demoFiles(
  workflows: readonly DemoWorkflow[] = DEMO_WORKFLOWS,
  config = 'mode: suggest\n',
): readonly SourceFile[] {
  return [
    { path: '.github/offbeat.yml', text: config },
    ...workflows.map(({ path, text }) => ({ path, text })),
  ];
}
