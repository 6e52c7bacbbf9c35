import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { Conclusion } from '../history/run.ts';

/*
 * Only the fields that are read, as GitHub's payload reference names them. What is not named here is dropped before
 * anything is kept: e-mail addresses, commit messages and avatars never reach the disk. GitHub adds actions and values
 * now and then, and older servers leave fields out: only what nothing can be done without is required.
 */

/** A field that may be missing or null, with what stands in its place. */
function orElse<Value>(field: z.ZodType<Value>, fallback: Value) {
  return field.nullish().transform((value) => value ?? fallback);
}

const Id = z.number().int().nonnegative();
const Time = z.iso.datetime({ offset: true });
const Account = z.object({ login: z.string(), type: z.string().optional() });
const Installation = z.object({ id: Id });

const Repository = z.object({
  id: Id,
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string(),
  private: z.boolean(),
  fork: z.boolean(),
  archived: orElse(z.boolean(), false),
});

const InRepository = z.object({
  repository: Repository,
  installation: Installation.nullish(),
  sender: Account.nullish().catch(null),
});

const ActionInRepository = InRepository.extend({ action: z.string() });

/** Which attempt of a run. */
const Attempt = orElse(z.number().int().positive(), 1);

const WorkflowRunEvent = ActionInRepository.extend({
  workflow_run: z.object({
    id: Id,
    run_attempt: Attempt,
    workflow_id: Id.nullish(),
    /** Missing in the oldest runs, whose file cannot be told. */
    path: z.string().nullish(),
    event: z.string(),
    /** One that is not known says nothing of success, as none does. */
    conclusion: Conclusion.nullable().catch(null),
    head_sha: z.string(),
    head_branch: z.string().nullish(),
    actor: Account.nullish().catch(null),
    created_at: Time,
    run_started_at: Time.nullish(),
    updated_at: Time,
  }),
});

const WorkflowJobEvent = ActionInRepository.extend({
  workflow_job: z.object({
    id: Id,
    run_id: Id,
    run_attempt: Attempt,
    created_at: Time.nullish(),
    started_at: Time.nullish(),
    completed_at: Time.nullish(),
    name: z.string().nullish(),
    labels: z.array(z.string()).nullish().catch(null),
    conclusion: Conclusion.nullish().catch(null),
  }),
});

/** Of the paths a push has touched, only those that can matter here. */
const TouchedPaths = orElse(z.array(z.string()), []).transform((paths) =>
  paths.filter((path) => path.startsWith('.github/')),
);

const PushEvent = InRepository.extend({
  repository: Repository.extend({ pushed_at: z.union([z.number(), z.string()]).nullish() }),
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  deleted: orElse(z.boolean(), false),
  forced: z.boolean().nullish(),
  commits: orElse(
    z.array(z.object({ added: TouchedPaths, modified: TouchedPaths, removed: TouchedPaths })),
    [],
  ),
});

const PullRequestEvent = ActionInRepository.extend({
  number: z.number().int().positive(),
  pull_request: z.object({
    number: z.number().int().positive(),
    html_url: z.string(),
    body: z.string().nullish(),
    created_at: Time,
    merged: z.boolean().nullish(),
    merged_by: Account.nullish(),
    updated_at: Time,
    user: Account.nullish(),
    head: z.object({ ref: z.string(), sha: z.string() }),
  }),
});

const IssueCommentEvent = ActionInRepository.extend({
  issue: z.object({ number: z.number().int().positive() }),
  comment: z.object({
    id: Id,
    body: orElse(z.string(), ''),
    user: Account.nullish(),
    updated_at: Time,
  }),
});

const RepositoryEvent = ActionInRepository.extend({
  repository: Repository.extend({ updated_at: z.string().nullish() }),
});

const ListedRepository = z.object({ id: Id, name: z.string(), full_name: z.string(), private: z.boolean() });
const InstalledOn = Installation.extend({
  account: Account.nullish(),
  suspended_at: z.union([z.string(), z.number()]).nullish(),
  updated_at: z.union([z.string(), z.number()]).nullish(),
  permissions: z.record(z.string(), z.string()).nullish(),
});

const ListedRepositories = orElse(z.array(ListedRepository), []);

const InstallationEvent = z.object({
  action: z.string(),
  installation: InstalledOn,
  repositories: ListedRepositories,
  sender: Account.nullish().catch(null),
});

const InstallationRepositoriesEvent = z.object({
  action: z.string(),
  installation: InstalledOn,
  repositories_added: ListedRepositories,
  repositories_removed: orElse(
    z.array(ListedRepository.partial({ name: true, full_name: true, private: true })),
    [],
  ),
  sender: Account.nullish().catch(null),
});

const SCHEMAS = {
  workflow_run: WorkflowRunEvent,
  workflow_job: WorkflowJobEvent,
  push: PushEvent,
  pull_request: PullRequestEvent,
  issue_comment: IssueCommentEvent,
  repository: RepositoryEvent,
  installation: InstallationEvent,
  installation_repositories: InstallationRepositoriesEvent,
} as const;

export type EventName = keyof typeof SCHEMAS;

export type Payload<Name extends EventName> = z.infer<(typeof SCHEMAS)[Name]>;

/** An event and its payload, narrowed by `name`. */
export type AppEvent = {
  readonly [Name in EventName]: { readonly name: Name; readonly payload: Payload<Name> };
}[EventName];

/** The actions that something is done about; of an event that is not named here, all of them. */
const ACTIONS_READ: { readonly [Name in EventName]?: readonly string[] } = {
  workflow_run: ['requested', 'completed'],
  workflow_job: ['completed'],
  pull_request: ['opened', 'reopened', 'synchronize', 'edited', 'closed'],
  issue_comment: ['created'],
  installation: ['created', 'deleted', 'new_permissions_accepted', 'unsuspend'],
};

/** Whether something is done about such an event. What is not read may hold anything, and is not parsed. */
export function isReadAction(name: EventName, body: unknown): boolean {
  const actions = ACTIONS_READ[name];
  if (actions === undefined || typeof body !== 'object' || body === null || !('action' in body)) return true;
  return actions.some((action) => action === body.action);
}

/** True for the events that are read; any other is answered and forgotten. */
export function isKnownEvent(name: string): name is EventName {
  return Object.hasOwn(SCHEMAS, name);
}

/** What `parseEvent` has made, by payload: a delivery is read when it is accepted, and again when it is handled. */
const made = new WeakMap<object, AppEvent>();

/** The fields of a payload that are read. Throws `payload-invalid` with the path of the first wrong one. */
export function parseEvent(name: EventName, body: unknown): AppEvent {
  const before = typeof body === 'object' && body !== null ? made.get(body) : undefined;
  if (before?.name === name) return before;
  const parsed = SCHEMAS[name].safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new OffbeatError(
      'payload-invalid',
      `The payload is not as expected: ${issue?.message ?? 'unknown'}.`,
      {
        where: [name, ...(issue?.path ?? [])].join('.'),
        fix: 'Deliver it again after an update of Offbeat.',
      },
    );
  }
  // The table pairs each name with its schema; the compiler does not follow a union through an index.
  const event = { name, payload: parsed.data } as AppEvent;
  made.set(event.payload, event);
  return event;
}

/** The fields of a payload that are read, of an event that is known by its name. Throws as `parseEvent` does. */
export function parsePayload<Name extends EventName>(name: Name, body: unknown): Payload<Name> {
  return parseEvent(name, body).payload as Payload<Name>;
}

/** The repository that an event belongs to; `null` where it concerns a whole installation. */
export function repositoryIdOf(event: AppEvent): number | null {
  return 'repository' in event.payload ? event.payload.repository.id : null;
}

/** Events of one group are handled one at a time, in the order accepted. */
export function groupOf(event: AppEvent): string {
  return 'repository' in event.payload
    ? `repository:${event.payload.repository.id}`
    : `installation:${event.payload.installation.id}`;
}

/** What tells this event from others, from the signed body: one sent again under a new delivery id has the same. */
export function payloadKeys(event: AppEvent): readonly string[] {
  return [[event.name, ...identity(event)].join(':')];
}

function identity({ name, payload }: AppEvent): readonly (string | number)[] {
  switch (name) {
    case 'workflow_run': {
      const { id, run_attempt, updated_at } = payload.workflow_run;
      // An attempt is completed once, but GitHub has been seen to move `updated_at` later; other actions happen once.
      return payload.action === 'completed'
        ? [id, run_attempt, payload.action]
        : [id, run_attempt, payload.action, updated_at];
    }
    case 'workflow_job':
      return [payload.workflow_job.id, payload.workflow_job.run_attempt, payload.action];
    case 'push':
      // The same two commits can be swapped back and forth: only the time of the push tells these apart.
      return [
        payload.repository.id,
        payload.ref,
        payload.before,
        payload.after,
        payload.repository.pushed_at ?? '',
      ];
    case 'pull_request': {
      const { updated_at, head } = payload.pull_request;
      return [payload.repository.id, payload.number, payload.action, updated_at, head.sha];
    }
    case 'issue_comment':
      return [payload.comment.id, payload.action, payload.comment.updated_at];
    case 'repository': {
      const { id, name: repositoryName, updated_at } = payload.repository;
      return [id, payload.action, repositoryName, updated_at ?? ''];
    }
    case 'installation':
      return [payload.installation.id, payload.action, payload.installation.updated_at ?? ''];
    case 'installation_repositories': {
      const ids = [...payload.repositories_added, ...payload.repositories_removed].map(({ id }) => id);
      return [
        payload.installation.id,
        payload.action,
        payload.installation.updated_at ?? '',
        ...ids.toSorted((a, b) => a - b),
      ];
    }
  }
}
