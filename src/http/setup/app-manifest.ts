import { parse } from 'yaml';
import { z } from 'zod';
import { SIGNED_IN_PATH } from '../session/sign-in.ts';
import { WEBHOOK_PATH } from '../webhook/front-door.ts';

/** What `app.yml` says of the App, wherever it will run. */
const AppFile = z.strictObject({
  name: z.string(),
  description: z.string(),
  public: z.boolean(),
  default_events: z.array(z.string()),
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
});

/** Where GitHub sends the browser back to, with a code for the App's credentials. */
export const RETURN_PATH = '/setup/done';

/**
 * The manifest of `appFile` (text of `app.yml`) for `publicUrl`, from which GitHub registers an App (docs: "Registering
 * a GitHub App from a manifest"); `onTime` adds `actions: write`.
 */
export function appManifest(appFile: string, publicUrl: string, { onTime } = { onTime: false }) {
  const app = AppFile.parse(parse(appFile));
  return {
    ...app,
    default_permissions: onTime ? { ...app.default_permissions, actions: 'write' } : app.default_permissions,
    url: publicUrl,
    hook_attributes: { url: `${publicUrl}${WEBHOOK_PATH}`, active: true },
    redirect_url: `${publicUrl}${RETURN_PATH}`,
    callback_urls: [`${publicUrl}${SIGNED_IN_PATH}`],
  };
}

export type AppManifest = ReturnType<typeof appManifest>;

/** Address of GitHub's pages that belongs to that of its REST API: github.com, GHE.com or a server of one's own. */
export function githubWebUrl(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\.(?=github\.com$|[\w-]+\.ghe\.com$)/, '')}`;
}

/** GitHub's rule for the names of accounts. */
const ACCOUNT = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i;

/** Whether `name` can be the name of an organisation. */
export function isAccountName(name: string): boolean {
  return ACCOUNT.test(name);
}

/** Page that takes the manifest: of the person who is signed in, or of the organisation named. */
export function registrationUrl(webUrl: string, organization: string | null, state: string): string {
  const owner = organization === null ? '' : `organizations/${encodeURIComponent(organization)}/`;
  return `${webUrl}/${owner}settings/apps/new?state=${encodeURIComponent(state)}`;
}
