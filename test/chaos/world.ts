import { Octokit } from '@octokit/rest';
import { type SettableClock, settableClock } from '../../src/demo/clock.ts';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { generateHistory } from '../../src/demo/history.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import { asJson, type Json, numberAt } from '../../src/demo/json.ts';
import { webhookOf } from '../../src/demo/replay.ts';
import { demoFiles } from '../../src/demo/workflows.ts';
import type { Env } from '../../src/env.ts';
import { ContractWatch } from '../contract/contract-watch.ts';
import { FIRST_DAY, TEST_WORKFLOWS, WEBHOOK_SECRET } from '../e2e/harness.ts';
import { ON_TIME_PERMISSIONS } from '../e2e/on-time-life.ts';
import { sampled } from '../sampled.ts';
import { ON_TIME_REPOSITORIES } from './on-time-repositories.ts';

/** Few enough that a life is short, many enough for a pull request; some more in the long run. */
const WORKFLOWS = TEST_WORKFLOWS.slice(0, sampled(5, 3));
/** A first decision needs two weeks. */
const DAYS = 17;
/** Not those of runs that the emulated GitHub starts itself. */
const FIRST_RUN_ID = 8_000_000_000;
/** The deliveries of the repository that is compared are called so. */
export const GUIDS = 'chaos-';
const COMMANDS = ['/explain', '/health', '/history'];

/** A webhook as GitHub sends it; `at` is when (epoch ms). */
export interface Delivery {
  readonly guid: string;
  readonly event: string;
  readonly body: string;
  readonly at: number;
}

/**
 * An emulated GitHub with one repository, and everything that it tells of it in some weeks. Beside it are repositories
 * whose workflows are on time.
 */
export interface World {
  readonly emulated: Emulated;
  readonly clock: SettableClock;
  readonly deliveries: readonly Delivery[];
  readonly env: Omit<Env, 'dataDirectory' | 'database'>;
  /** What is to be seen on GitHub at the end, and what is called differently in each world. */
  look(): Promise<{ readonly seen: Seen; readonly names: ReadonlyMap<string, string> }>;
  end(): Promise<void>;
}

export interface Seen {
  readonly pulls: readonly { readonly state: string; readonly title: string }[];
  readonly branches: number;
  /** Answers that each command got. */
  readonly answers: readonly number[];
}

/** The same world every time, but for ids that GitHub makes up. */
export async function createWorld(): Promise<World> {
  const clock = settableClock(FIRST_DAY);
  const contract = new ContractWatch();
  const emulated = await startEmulator({
    repositories: [{ name: 'octo-repo', files: demoFiles(WORKFLOWS) }, ...ON_TIME_REPOSITORIES],
    permissions: ON_TIME_PERMISSIONS,
    webhookSecret: WEBHOOK_SECRET,
    clock,
    answersBy: clock,
    observe: contract.observe,
  });
  const where = { owner: emulated.repository.owner, repo: emulated.repository.name };
  const quiet = () => undefined;
  const maintainer = new Octokit({
    baseUrl: emulated.url,
    auth: emulated.people.maintainer.token,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const { data: branch } = await maintainer.rest.repos.getBranch({ ...where, branch: 'main' });
  const { data: repository } = await maintainer.rest.repos.get(where);
  const { data: thread } = await maintainer.rest.issues.create({ ...where, title: 'Questions' });
  const commentIds: number[] = [];
  for (const body of COMMANDS) {
    const { data } = await maintainer.rest.issues.createComment({
      ...where,
      issue_number: thread.number,
      body,
    });
    commentIds.push(data.id);
  }
  await emulated.hooks.settled();
  const context = {
    repository: asJson(repository),
    installationId: emulated.app.installationId,
    apiUrl: repository.url,
    sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
  };
  const events = generateHistory({
    workflows: WORKFLOWS,
    from: FIRST_DAY,
    days: DAYS,
    headSha: branch.commit.sha,
    defaultBranch: 'main',
    actor: emulated.people.maintainer.login,
    seed: 1,
    firstId: FIRST_RUN_ID,
  });
  const told = events.map((event, index) => {
    const { name, payload } = webhookOf(event, context);
    return delivery(String(index), name, payload, Math.floor(event.at));
  });
  // Asked in the middle and at the end, when there is something to say.
  commentIds.forEach((id, index) => {
    const payload = emulated.hooks.all.find(
      (each) => each.event === 'issue_comment' && numberAt(each.payload, 'comment', 'id') === id,
    )?.payload;
    if (payload === undefined) throw new Error('GitHub told of no comment.');
    const place = Math.floor((told.length * (index + 1)) / (COMMANDS.length + 0.2));
    const at = told[place]?.at ?? FIRST_DAY;
    told.splice(place, 0, delivery(`command-${index}`, 'issue_comment', payload, at));
  });
  return {
    emulated,
    clock,
    deliveries: [delivery('installed', 'installation', installationPayload(emulated), FIRST_DAY), ...told],
    env: {
      appId: emulated.app.id,
      privateKey: emulated.app.privateKey,
      secrets: [WEBHOOK_SECRET],
      githubApiUrl: emulated.url,
      // On a machine with much to do an answer takes longer than one; then GitHub would be left alone for half a
      // minute.
      githubTimeoutSeconds: 3,
      host: '127.0.0.1',
      port: 0,
      logLevel: 'silent',
      emergencyStop: false,
    },
    async look() {
      const { data: pulls } = await maintainer.rest.pulls.list({ ...where, state: 'all' });
      const { data: branches } = await maintainer.rest.repos.listBranches(where);
      const { data: comments } = await maintainer.rest.issues.listComments({
        ...where,
        issue_number: thread.number,
        per_page: 100,
      });
      const answers = commentIds.map(
        (id) => comments.filter(({ body }) => body?.includes(`offbeat:answer ${id} `)).length,
      );
      return {
        seen: {
          pulls: pulls.map(({ state, title }) => ({ state, title })),
          branches: branches.length,
          answers,
        },
        names: new Map([
          [emulated.url, 'GITHUB'],
          [branch.commit.sha, 'MAIN'],
          ...pulls.map((pull) => [pull.head.sha, 'HEAD'] as const),
        ]),
      };
    },
    async end() {
      await emulated.stop();
      contract.assertKept(emulated.hooks.all);
    },
  };
}

function delivery(guid: string, event: string, payload: Json, at: number): Delivery {
  return { guid: `${GUIDS}${guid}`, event, body: JSON.stringify(payload), at };
}
