import { compileFunction } from 'node:vm';
import { parse } from 'yaml';
import { z } from 'zod';
import { MINUTE_MS } from '../../src/time.ts';
import { NET_PATH } from '../../src/workflow/paths.ts';
import type { Hub, HubRepository } from './hub.ts';
import { NET_LOGIN } from './hub.ts';

const NetFile = z.object({
  jobs: z.object({
    net: z.object({
      steps: z.tuple([z.object({ run: z.string(), env: z.record(z.string(), z.string()) })]),
    }),
  }),
});

type Step = (
  process: object,
  fetched: typeof fetch,
  setTimeout: (act: () => void, ms: number) => void,
  console: object,
  intl: object,
) => Promise<void>;

const SWEDISH = new Intl.DateTimeFormat('sv', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' });
const formatted = new Map<number, string>();
/** Every net looks through the minutes of the same days, all in UTC: each is formatted once. */
const INTL = {
  DateTimeFormat: class {
    format(time: number): string {
      const known = formatted.get(time) ?? SWEDISH.format(time);
      formatted.set(time, known);
      return known;
    }
  },
};

/** What the net of one repository has cost. */
export interface NetBill {
  runs: number;
  minutes: number;
  failed: number;
}

/** Runs the step of a net file as a runner does, in the time of the simulation. */
export function netRunner(hub: Hub, repository: HubRepository, text: string, bill: NetBill) {
  const [{ run, env }] = NetFile.parse(parse(text)).jobs.net.steps;
  const body = run.replace('main().catch', 'return main().catch');
  const step = compileFunction(body, ['process', 'fetch', 'setTimeout', 'console', 'Intl']) as Step;
  return async (): Promise<void> => {
    // It ends when its step does.
    const own = hub.start(
      repository,
      { path: NET_PATH, event: 'schedule', actor: 'mona' },
      { durationMs: Number.POSITIVE_INFINITY },
    );
    await hub.time.wait(own.beginsAt - hub.time.now());
    const process = {
      env: {
        ...env,
        GH_TOKEN: 'token',
        GITHUB_API_URL: 'https://api.test',
        GITHUB_REF_NAME: 'main',
        GITHUB_REPOSITORY: `acme/${repository.name}`,
        GITHUB_RUN_ID: String(own.id),
      },
      exitCode: 0,
    };
    const later = (act: () => void, ms: number): void => void hub.time.later(act, ms);
    await step(process, hub.fetchAs(NET_LOGIN), later, { log: () => undefined }, INTL);
    own.endsAt = hub.time.now();
    bill.runs += 1;
    // GitHub rounds each job up to the minute.
    bill.minutes += Math.max(1, Math.ceil((own.endsAt - own.beginsAt) / MINUTE_MS));
    bill.failed += process.exitCode;
  };
}
