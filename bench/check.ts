/**
 * Wall-clock time of `offbeat check` on a generated checkout: `node bench/check.ts [FILES]`.
 * The files are written to a temporary directory and removed; each run is a process of its own, start-up included.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const DEFAULT_FILES = 1_000;
const RUNS = 5;
/** About what public repositories have: mostly daily and weekly, a few intervals, all hours. */
const CRONS = [
  '0 0 * * *',
  '30 2 * * *',
  '17 4 * * 1',
  '0 * * * *',
  '*/15 * * * *',
  '0 6 * * 1-5',
  '0 3 1 * *',
];
const JOBS = 6;
const STEPS = 8;

function workflow(index: number): string {
  const crons = [CRONS[index % CRONS.length] ?? '', `${index % 60} ${index % 24} * * *`];
  const steps = Array.from(
    { length: STEPS },
    (_, step) => `      - name: Step ${step}\n        run: make part-${step}`,
  );
  const jobs = Array.from(
    { length: JOBS },
    (_, job) => `  job${job}:\n    runs-on: ubuntu-latest\n    steps:\n${steps.join('\n')}`,
  );
  const schedule = crons.map((cron) => `    - cron: '${cron}' # generated for a bench`).join('\n');
  return `name: Workflow ${index}\non:\n  push:\n  schedule:\n${schedule}\njobs:\n${jobs.join('\n')}\n`;
}

function main(files: number): void {
  const checkout = mkdtempSync(join(tmpdir(), 'offbeat-bench-'));
  try {
    const folder = join(checkout, '.github', 'workflows');
    mkdirSync(folder, { recursive: true });
    let bytes = 0;
    for (let index = 0; index < files; index += 1) {
      const text = workflow(index);
      bytes += text.length;
      writeFileSync(join(folder, `workflow-${String(index).padStart(5, '0')}.yml`), text);
    }
    console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB, ${2 * files} schedules`);
    for (const format of [[], ['--json'], ['--sarif']]) {
      const seconds = Array.from({ length: RUNS }, () => timed(checkout, format)).sort((a, b) => a - b);
      const shown = seconds.map((value) => value.toFixed(2)).join(' ');
      console.log(`check ${format.join(' ')}`.padEnd(16), `${shown} s`);
    }
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

function timed(checkout: string, format: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'check', checkout, ...format], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return (performance.now() - start) / 1000;
}

main(Number(process.argv[2] ?? DEFAULT_FILES));
