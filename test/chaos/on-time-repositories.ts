import { Octokit } from '@octokit/rest';
import type { Emulated, EmulatedRepository, SeededRepository } from '../../src/demo/emulator.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import { type Json, textAt } from '../../src/demo/json.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import { serveRepository } from '../../src/workflow/serve-repository.ts';
import { FIRST_DAY } from '../e2e/harness.ts';
import { CONFIG_PATH, NIGHTLY, workflow } from '../e2e/on-time-cases.ts';

/*
 * The repositories of a life whose workflows are on time, in an installation of their own. GitHub's own scheduler never
 * comes there: what it teaches would be known to the other repositories.
 */

const OWNER = 'on-time-org';
/** Four days; the last of them well before the end. */
const CRON = '0 3 3-15/4 6 *';
/** The days are counted from the first of June. */
export const TICKS: readonly number[] = [3, 7, 11, 15].map(
  (day) => FIRST_DAY + (day - 1) * 24 * HOUR_MS + 3 * HOUR_MS,
);
const RESCUE_AFTER_MS = 30 * MINUTE_MS;

interface OnTimeRepository {
  readonly name: string;
  readonly rules: string;
  /** How long after a tick its run is asked for. */
  readonly delayMs: number;
}

const REPOSITORIES: readonly OnTimeRepository[] = [
  { name: 'with-cron', rules: 'on-time: punctual\nnet: cron\n', delayMs: 0 },
  { name: 'with-net', rules: 'on-time: punctual\nnet: own\n', delayMs: 0 },
  { name: 'with-rescue', rules: 'on-time: rescue\nrescue-after: 30m\n', delayMs: RESCUE_AFTER_MS },
];

export const ON_TIME_REPOSITORIES: readonly SeededRepository[] = REPOSITORIES.map(({ name }) => ({
  owner: OWNER,
  name,
  private: true,
  files: [...filesOf(name)],
}));

function filesOf(name: string) {
  const files = [{ path: NIGHTLY, text: workflow(CRON) }];
  if (name !== 'with-net') return files;
  const wanted = { path: NIGHTLY, mode: 'punctual', net: 'own', inputs: {}, manualServes: false } as const;
  return serveRepository(files, [wanted], { appSlug: 'offbeat' }).files;
}

/** One of them, as it is on the emulated GitHub. */
export interface Served extends EmulatedRepository {
  readonly delayMs: number;
}

export function servedIn({ repositories }: Emulated): readonly Served[] {
  return REPOSITORIES.flatMap(({ name, delayMs }) => {
    const found = repositories.find((one) => one.owner === OWNER && one.name === name);
    return found === undefined ? [] : [{ ...found, delayMs }];
  });
}

/** Whether a webhook tells of them. */
export function isOfServed(payload: Json): boolean {
  const owner = textAt(payload, 'repository', 'owner', 'login');
  return (owner === '' ? textAt(payload, 'installation', 'account', 'login') : owner) === OWNER;
}

/** Installs the App there, and puts the workflows on time. */
export async function putOnTime(emulated: Emulated): Promise<void> {
  emulated.hooks.raise('installation', installationPayload(emulated, OWNER));
  await emulated.hooks.settled();
  const maintainer = new Octokit({ baseUrl: emulated.url, auth: emulated.people.maintainer.token });
  for (const { name, rules } of REPOSITORIES) {
    await maintainer.rest.repos.createOrUpdateFileContents({
      owner: OWNER,
      repo: name,
      path: CONFIG_PATH,
      message: 'Start it on time',
      content: Buffer.from(`mode: suggest\n${rules}`).toString('base64'),
    });
  }
  await emulated.hooks.settled();
}
