import type { Probot } from 'probot';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type Env, GITHUB_TIMEOUT_SECONDS } from '../../env.ts';
import { statusOf } from '../../github/client.ts';
import { createProbot } from '../../github/probot.ts';
import { WEBHOOK_PATH } from '../../http/webhook/front-door.ts';
import type { Log } from '../../log.ts';
import { createLog } from '../../telemetry/log.ts';
import { type Finding, failure, fine, skipped, warning } from './finding.ts';
import type { WantedAccess } from './wanted-access.ts';

/** GitHub refuses an App's token that is dated too far from its own time (docs: "Generating a JSON Web Token"). */
const CLOCK_OFF_SECONDS = 30;
const CLOCK_BROKEN_SECONDS = 60;
/** Deliveries looked at: the newest page. */
const DELIVERIES = 50;

const App = z.object({
  slug: z.string().optional(),
  permissions: z.record(z.string(), z.string()).default({}),
  events: z.array(z.string()).default([]),
});

const HookConfig = z.object({ url: z.string().optional() });

const Deliveries = z.array(
  z.object({ delivered_at: z.string(), status_code: z.number(), event: z.string(), status: z.string() }),
);

type AppClient = Awaited<ReturnType<Probot['auth']>>;

/** Checks the App with GitHub, signed in as the App: key, clock, permissions, events, webhook. */
export async function lookAtGitHub(
  env: Env,
  wanted: WantedAccess,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<readonly Finding[]> {
  const probot = createProbot({
    appId: env.appId,
    privateKey: env.privateKey,
    secret: env.secrets[0],
    baseUrl: env.githubApiUrl,
    timeoutMs: (env.githubTimeoutSeconds ?? GITHUB_TIMEOUT_SECONDS) * 1_000,
    log: createLog({ level: 'silent' }),
  });
  try {
    const client = await probot.auth();
    const { data, headers } = await client.request('GET /app');
    const app = App.parse(data);
    return [
      fine('credentials', `GitHub knows the App as ${app.slug ?? 'one without a name'}.`),
      clockFinding(headers.date, clock.now()),
      permissionFinding(app.permissions, wanted),
      eventFinding(app.events, wanted),
      ...(await webhookFindings(client, log)),
    ];
  } catch (error) {
    return [credentialFinding(error), ...['clock', 'permissions', 'events', 'webhook'].map(unseen)];
  }
}

function credentialFinding(error: unknown): Finding {
  const status = statusOf(error);
  if (status === 401 || status === 404) {
    return failure(
      'credentials',
      'GitHub does not take the App’s token.',
      'See that APP_ID and PRIVATE_KEY belong to the same App, and that the clock is right.',
      'app-refused',
    );
  }
  const [what, fix] =
    status === undefined
      ? ['GitHub does not answer.', 'See GITHUB_API_URL, the network, and a proxy between.']
      : [`GitHub answers with status ${status}.`, 'See https://www.githubstatus.com.'];
  return failure('credentials', what, fix, 'github-away');
}

function unseen(about: string): Finding {
  return skipped(about, 'GitHub has to take the credentials first.');
}

function clockFinding(date: string | undefined, now: number): Finding {
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) return skipped('clock', 'GitHub has not said what time it is.');
  const off = Math.round(Math.abs(there - now) / 1_000);
  const fix = 'Run a time service (NTP): tokens are dated, and lateness is measured by this clock.';
  const said = `It is ${off} s off GitHub’s`;
  if (off > CLOCK_BROKEN_SECONDS) return failure('clock', `${said}.`, fix);
  if (off > CLOCK_OFF_SECONDS) return warning('clock', `${said}.`, fix);
  return fine('clock', off <= 1 ? 'It agrees with GitHub’s.' : `${said}, which is close enough.`);
}

function permissionFinding(granted: Readonly<Record<string, string>>, wanted: WantedAccess): Finding {
  const missing = Object.entries(wanted.default_permissions).filter(
    ([name, level]) => granted[name] !== level && granted[name] !== 'write' && granted[name] !== 'admin',
  );
  if (missing.length === 0) return fine('permissions', 'The App asks for all that app.yml names.');
  const names = missing.map(([name, level]) => `${name}: ${level}`).join(', ');
  return warning(
    'permissions',
    `The App lacks ${names}; what needs them is left out.`,
    'Add them in the App’s settings on GitHub; every account that has installed it is then asked.',
  );
}

function eventFinding(subscribed: readonly string[], wanted: WantedAccess): Finding {
  const missing = wanted.default_events.filter((event) => !subscribed.includes(event));
  if (missing.length === 0) return fine('events', 'GitHub sends every event that is needed.');
  return failure(
    'events',
    `GitHub does not send ${missing.join(', ')}.`,
    'Subscribe to them in the App’s settings on GitHub.',
  );
}

async function webhookFindings(client: AppClient, log: Log): Promise<readonly Finding[]> {
  try {
    const { url } = HookConfig.parse((await client.request('GET /app/hook/config')).data);
    const address = addressFinding(url ?? '');
    const deliveries = Deliveries.parse(
      (await client.request('GET /app/hook/deliveries', { per_page: DELIVERIES })).data,
    );
    return [address, deliveryFinding(deliveries)];
  } catch (error) {
    log.debug({ err: error }, 'The webhook could not be looked at');
    return [skipped('webhook', 'GitHub does not tell of this App’s webhook.')];
  }
}

function addressFinding(url: string): Finding {
  if (url === '') {
    const fix = `Set it to https://YOUR-HOST${WEBHOOK_PATH}.`;
    return failure('webhook', 'The App has no webhook address.', fix);
  }
  if (!url.endsWith(WEBHOOK_PATH)) {
    return failure('webhook', `Webhooks go to ${url}.`, `Offbeat takes them at ${WEBHOOK_PATH}.`);
  }
  return url.startsWith('https:')
    ? fine('webhook', `Webhooks go to ${url}.`)
    : warning('webhook', `Webhooks go to ${url}, unencrypted.`, 'Put TLS in front of it.');
}

function deliveryFinding(deliveries: z.infer<typeof Deliveries>): Finding {
  if (deliveries.length === 0)
    return warning(
      'deliveries',
      'GitHub has delivered nothing in three days.',
      'Install the App on a repository with workflows.',
    );
  const failed = deliveries.filter(({ status_code }) => status_code < 200 || status_code >= 300);
  const [newest] = failed;
  if (newest === undefined) return fine('deliveries', `The last ${deliveries.length} arrived.`);
  const said =
    `${failed.length} of the last ${deliveries.length} did not arrive; the newest got ` +
    `${newest.status_code === 0 ? 'no answer' : `status ${newest.status_code}`} (${newest.status}).`;
  const fix =
    newest.status_code === 401
      ? 'Compare WEBHOOK_SECRET with the App’s own.'
      : 'See that GitHub reaches this server from outside, and its log.';
  return failed.length === deliveries.length
    ? failure('deliveries', said, fix)
    : warning('deliveries', said, fix);
}
