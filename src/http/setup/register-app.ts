import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { OffbeatError } from '../../errors.ts';
import { statusOf } from '../../github/client.ts';
import { SILENT_LOG } from '../../log.ts';

/** What is read of GitHub's answer (docs: "Create a GitHub App from a manifest"). */
const Conversion = z.object({
  id: z.number().int().positive(),
  slug: z.string(),
  html_url: z.url({ protocol: /^https?$/ }),
  client_id: z.string(),
  client_secret: z.string(),
  webhook_secret: z.string(),
  pem: z.string(),
});

/**
 * Trades the code of a manifest registration, valid once and for an hour, for the App's credentials. Throws
 * `github-refused`; neither code nor answer ever stand in the error.
 */
export async function registerApp(apiUrl: string, code: string) {
  const answer = await convert(new Octokit({ baseUrl: apiUrl, log: SILENT_LOG }), code);
  const parsed = Conversion.safeParse(answer);
  if (!parsed.success) {
    throw new OffbeatError('github-refused', 'GitHub’s answer is not as documented.', {
      where: parsed.error.issues.map(({ path }) => path.join('.')).join(', '),
      fix: 'Set the variables by hand: a new key and secret can be made on the settings page of the App.',
    });
  }
  const app = parsed.data;
  return {
    slug: app.slug,
    /** Page of the App on GitHub. */
    url: app.html_url,
    /** Lines for the environment. The private key is in base64, which needs no quotes and no line breaks. */
    variables: {
      APP_ID: String(app.id),
      PRIVATE_KEY: Buffer.from(app.pem, 'utf8').toString('base64'),
      WEBHOOK_SECRET: app.webhook_secret,
      GITHUB_CLIENT_ID: app.client_id,
      GITHUB_CLIENT_SECRET: app.client_secret,
    },
  };
}

export type RegisteredApp = Awaited<ReturnType<typeof registerApp>>;

async function convert(client: Octokit, code: string): Promise<unknown> {
  try {
    return (await client.rest.apps.createFromManifest({ code })).data;
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 422) {
      throw new OffbeatError('github-refused', 'GitHub does not know this code, or no longer.', {
        fix: 'A code is good once, and for an hour. Begin again at /setup.',
      });
    }
    throw new OffbeatError(
      'github-refused',
      status === undefined ? 'GitHub could not be reached.' : `GitHub answered with status ${status}.`,
      { fix: 'Load this page again in a moment; the code is good for an hour.' },
    );
  }
}
