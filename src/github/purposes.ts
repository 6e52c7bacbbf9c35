import type { SentRequest } from './write-spacing.ts';

/** The purpose of a token, which has only the permissions that requests of this purpose need. */
export type Purpose = 'read' | 'read-pulls' | 'discuss' | 'propose' | 'check' | 'dispatch';

export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** What each purpose needs, as an App's settings name it; where the first is not accepted, the next set is asked. */
export const PERMISSIONS: Readonly<Record<Purpose, readonly [Permissions, ...Permissions[]]>> = {
  // `metadata` answers what the repository is and who may command.
  read: [{ metadata: 'read', contents: 'read', actions: 'read' }],
  // Apart from the rest, as an App that may only read need not see pull requests.
  'read-pulls': [{ pull_requests: 'read' }],
  // GitHub asks for the permission of what is commented on: an issue, or a pull request.
  discuss: [{ issues: 'write', pull_requests: 'write' }, { issues: 'write' }],
  // Without `workflows` it can still offer a configuration file.
  propose: [
    { contents: 'write', pull_requests: 'write', workflows: 'write' },
    { contents: 'write', pull_requests: 'write' },
  ],
  check: [{ checks: 'write' }],
  // Starts and cancels runs. Only an operator who has chosen on-time asks for it.
  dispatch: [{ actions: 'write' }],
};

/** Reads files of another repository of the installation: a shared configuration. */
export const SHARED_CONFIG_PERMISSIONS: Permissions = { contents: 'read' };

/** Requests by method and by path below the repository; the first that fits. */
const PURPOSES: readonly (readonly [method: RegExp, path: RegExp, purpose: Purpose])[] = [
  [/^/, /^\/issues\b/, 'discuss'],
  [/^(GET|HEAD)$/, /^\/pulls\b/, 'read-pulls'],
  [/^(GET|HEAD)$/, /^/, 'read'],
  [/^/, /^\/(git|pulls)\b/, 'propose'],
  [/^/, /^\/check-runs\b/, 'check'],
  [/^POST$/, /^\/actions\/(workflows\/[^/]+\/dispatches|runs\/[^/]+\/cancel)$/, 'dispatch'],
];

/** The links to further pages of a list name the repository by its id. */
const BELOW_REPOSITORY = /\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)(\/[^?]*)?(?:\?|$)/;

/** The purpose of a request (`url` may be a template). Throws where none is known: nothing is written by chance. */
export function purposeOf({ method, url }: SentRequest): Purpose {
  const path = BELOW_REPOSITORY.exec(url)?.[1] ?? '';
  const found = PURPOSES.find(([methods, paths]) => methods.test(method) && paths.test(path));
  if (found === undefined) throw new Error(`No purpose is known for ${method} ${url}.`);
  return found[2];
}
