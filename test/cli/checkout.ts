import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCli } from '../../src/cli/program.ts';

export const NIGHTLY = '.github/workflows/nightly.yml';
export const PINNED = '.github/workflows/pinned.yml';

/** The instant at which the history ends. */
export const NOW = Date.UTC(2026, 4, 4, 3, 17);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAYS = 30;

/** Two hours of work that stand in each other's way, one of them pinned. */
export const FILES: Readonly<Record<string, string>> = {
  [NIGHTLY]: 'name: Nightly\r\non:\r\n  schedule:\r\n    - cron: "0 2 * * *" # quiet hours\r\n',
  [PINNED]: 'name: Pinned\non:\n  schedule:\n    - cron: "0 2 * * *" # offbeat: pin\n',
  '.github/offbeat.yml':
    'min-confidence: 0\nmin-benefit: 0\nmax-shift: 12h\nrunners: { max-jobs: { standard: 1 } }\n',
};

/** Writes files into a new temporary directory; whoever made it removes it. */
export async function makeCheckout(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-checkout-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

export const remove = (directory: string) => rm(directory, { recursive: true, force: true });

/** A month of nightly runs of both workflows, as GitHub lists them. */
export function restRuns(): readonly object[] {
  return Array.from({ length: DAYS }, (_, day) =>
    [NIGHTLY, PINNED].map((path, at) => restRun(path, day, at)),
  ).flat();
}

function restRun(path: string, day: number, position: number): object {
  const created = Date.UTC(2026, 4, 4, 2, 10) - (DAYS - day) * DAY_MS;
  const created_at = new Date(created).toISOString();
  return {
    id: 1_000 + 2 * day + position,
    run_attempt: 1,
    workflow_id: position + 1,
    path,
    event: 'schedule',
    status: 'completed',
    conclusion: 'success',
    head_sha: 'a'.repeat(40),
    head_branch: 'main',
    actor: { login: 'mona' },
    created_at,
    run_started_at: created_at,
    updated_at: new Date(created + HOUR_MS).toISOString(),
  };
}

/** An output that keeps what is written. */
export function keepingOutput(color = false) {
  const out: string[] = [];
  const err: string[] = [];
  return {
    output: {
      write: (text: string) => void out.push(text),
      error: (text: string) => void err.push(text),
      color,
    },
    out: () => out.join('\n'),
    err: () => err.join('\n'),
  };
}

/** Runs a command line, and returns its exit code and what it wrote. */
export async function cli(...args: readonly string[]) {
  const kept = keepingOutput();
  const code = await runCli(args, kept.output);
  return { code, out: kept.out(), err: kept.err() };
}
