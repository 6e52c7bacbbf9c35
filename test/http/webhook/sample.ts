import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import examples from '@octokit/webhooks-examples' with { type: 'json' };

export const SECRET = 'the present secret of the tests';
export const PREVIOUS_SECRET = 'the secret before it, still taken';

type Json = Record<string, unknown>;

interface Examples {
  readonly name: string;
  readonly examples: readonly unknown[];
}

// The package's types describe a CommonJS module; what arrives is its array.
const published = examples as unknown as readonly Examples[];

/** GitHub's own examples of an event, with what they lack: the installation that every App's delivery names. */
export function examplesOf(name: string): readonly Json[] {
  return published.filter((each) => each.name === name).flatMap((each) => each.examples.map(installed));
}

/** Every example of every event, those of older servers too. */
export function everyExample(): readonly { readonly name: string; readonly body: Json }[] {
  return [...published, ...OLDER_SERVERS.flatMap(examplesOfServer)].flatMap((each) =>
    each.examples.map((example) => ({ name: each.name, body: installed(example) })),
  );
}

const OLDER_SERVERS = ['ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'];

function examplesOfServer(server: string): readonly Examples[] {
  const load = createRequire(import.meta.url);
  return load(`@octokit/webhooks-examples/${server}/index.json`) as readonly Examples[];
}

function installed(example: unknown): Json {
  return { installation: { id: 9 }, ...(example as Json) };
}

export function sign(body: string | Buffer, secret: string = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** A scheduled run that has ended, 17 KB as GitHub sends it. */
export function scheduledRun(id: number, more: Json = {}): Json {
  const base = examplesOf('workflow_run').find((example) => example.action === 'completed') ?? {};
  const run = {
    ...(base.workflow_run as Json),
    path: '.github/workflows/nightly.yml',
    id,
    event: 'schedule',
    run_attempt: 1,
    conclusion: 'success',
    ...more,
  };
  return { ...base, workflow_run: run };
}

/**
 * Tells the App at `url`, where webhooks go, of a run. One that has only begun is noted, and nobody asks GitHub about
 * it; of one that has ended it is asked for the workflow files. `more` stands in the payload in place of the example's.
 */
export async function deliver(
  url: string,
  id: number,
  action: 'requested' | 'completed' = 'requested',
  more: Json = {},
): Promise<Response> {
  const run = action === 'requested' ? scheduledRun(id, { conclusion: null }) : scheduledRun(id);
  const body = JSON.stringify({ ...run, action, ...more });
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'workflow_run',
      'x-github-delivery': `delivery-${id}`,
      'x-hub-signature-256': sign(body),
    },
    body,
  });
}
