import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { OffbeatError } from '../../errors.ts';
import { SILENT_LOG } from '../../log.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Permission } from '../../usecases/ports.ts';
import { rememberedFor } from '../shared/remembered-for.ts';
import type { Session } from './sessions.ts';

/** What a person may do, by repository id. A missing repository is one that they may not read. */
export type Rights = ReadonlyMap<number, Permission>;

/** How long an answer is used. Several pages then need one request; lost access counts after this time. */
const REMEMBERED_MS = MINUTE_MS;
const PER_PAGE = 100;
const UNAUTHORIZED = 401;

const Repository = z.object({
  id: z.number().int(),
  permissions: z
    .object({
      admin: z.boolean().default(false),
      maintain: z.boolean().default(false),
      push: z.boolean().default(false),
      triage: z.boolean().default(false),
      pull: z.boolean().default(false),
    })
    .optional(),
});

/** Asks with the person's token (docs: "List repositories accessible to the user access token"). */
export function createAccess(options: { readonly apiUrl: string; readonly clock: Clock }) {
  const known = rememberedFor<string, Promise<Rights | null>>(REMEMBERED_MS, options.clock);
  return {
    /** The repositories with the App that the person may read, a minute old at most; `null` once signed out. */
    rightsOf(session: Session): Promise<Rights | null> {
      const before = known.get(session.id);
      if (before !== undefined) return before;
      const rights = readRights(options.apiUrl, session.token);
      known.set(session.id, rights);
      // A failure is not remembered, so that the next page tries again.
      rights.catch(() => known.delete(session.id));
      return rights;
    },
    /** Forgets the answer, so that GitHub is asked next time. */
    forget({ id }: Session): void {
      known.delete(id);
    },
  };
}

export type Access = ReturnType<typeof createAccess>;

async function readRights(apiUrl: string, token: string): Promise<Rights | null> {
  // A failed request is logged with its address, and requests with people's tokens must not be logged at all.
  const client = new Octokit({ baseUrl: apiUrl, auth: token, log: SILENT_LOG });
  try {
    const installations = await client.paginate(client.rest.apps.listInstallationsForAuthenticatedUser, {
      per_page: PER_PAGE,
    });
    const rights = new Map<number, Permission>();
    for (const { id } of installations) {
      const repositories = await client.paginate(client.rest.apps.listInstallationReposForAuthenticatedUser, {
        installation_id: id,
        per_page: PER_PAGE,
      });
      for (const listed of repositories) {
        const repository = Repository.safeParse(listed);
        if (repository.success) rights.set(repository.data.id, permissionIn(repository.data));
      }
    }
    return rights;
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === UNAUTHORIZED) return null;
    throw new OffbeatError('github-refused', 'GitHub did not say what you may see.', {
      fix: 'Load this page again in a moment.',
    });
  }
}

function permissionIn({ permissions }: z.infer<typeof Repository>): Permission {
  if (permissions === undefined) return 'none';
  if (permissions.admin) return 'admin';
  if (permissions.maintain || permissions.push) return 'write';
  return permissions.triage || permissions.pull ? 'read' : 'none';
}
