import { z } from 'zod';
import { paging } from '../../operations/listing.ts';
import type { QueueFigures } from '../../telemetry/metrics.ts';
import type { RepositoryProfile, Store } from '../../usecases/ports.ts';
import { reachable } from './caller.ts';
import type { Endpoint } from './endpoint.ts';

/** A repository that the caller may see. */
const ListedRepository = z.object({
  id: z.number().int(),
  owner: z.string(),
  name: z.string(),
  default_branch: z.string(),
  private: z.boolean(),
  archived: z.boolean(),
  last_round_at: z.iso.datetime().nullable(),
});

const Repositories = z.object({
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int(),
  repositories: z.array(ListedRepository),
});

const ServiceHealth = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  problems: z.array(z.string()),
  emergency_stop: z.boolean(),
  queue: z.object({
    waiting: z.number().int(),
    running: z.number().int(),
    dead_letters: z.number().int(),
    oldest_age_seconds: z.number(),
  }),
});

/** What holds for every endpoint here. */
const QUESTION = { method: 'GET', tag: 'service', role: 'viewer', mutates: false } as const;

/** What the endpoints say of this deployment. */
export interface ServiceState {
  readonly version: string;
  readonly store: Pick<Store, 'profiles'>;
  readonly problems: () => Promise<readonly string[]>;
  readonly queue: () => QueueFigures;
  readonly stoppedBy: () => Promise<StoppedBy | null>;
}

/** What stops all writing: the process's environment, an operator's decision, or decisions that cannot be read. */
export type StoppedBy = 'environment' | 'operator' | 'unreadable';

/** Endpoints about the whole deployment. */
export function generalEndpoints(service: ServiceState): readonly Endpoint[] {
  return [healthEndpoint(service), repositoriesEndpoint(service)];
}

function healthEndpoint({ version, problems, queue, stoppedBy }: ServiceState): Endpoint {
  return {
    ...QUESTION,
    id: 'service-health',
    path: '/health',
    summary: 'Say whether this deployment does its work.',
    input: z.strictObject({}),
    output: ServiceHealth,
    async handle() {
      const { waiting, running, deadLetters, oldestAgeSeconds } = queue();
      const stop = await stoppedBy();
      const why = [...(await problems()), ...stopSentences(stop), ...deadLetterSentences(deadLetters)];
      const status = why.length === 0 ? 'ok' : 'degraded';
      return {
        message: status === 'ok' ? 'All is well.' : ['Something is wrong.', ...why].join(' '),
        data: {
          status,
          version,
          problems: why,
          emergency_stop: stop !== null,
          queue: { waiting, running, dead_letters: deadLetters, oldest_age_seconds: oldestAgeSeconds },
        },
      };
    },
  };
}

/** That decisions cannot be read is a problem of its own, with a sentence of its own. */
function stopSentences(stop: StoppedBy | null): readonly string[] {
  if (stop === null || stop === 'unreadable') return [];
  const by =
    stop === 'environment'
      ? '`EMERGENCY_STOP` of the process has set it: change that and start it again.'
      : 'GET /api/v1/admin/flags says who has set it and why; POST /api/v1/admin/resume lifts it.';
  return [`The emergency stop is on: nothing is written to GitHub, and nothing is started on time. ${by}`];
}

function deadLetterSentences(deadLetters: number): readonly string[] {
  if (deadLetters === 0) return [];
  const were = deadLetters === 1 ? '1 delivery was' : `${deadLetters} deliveries were`;
  return [
    `${were} given up (dead letters): GET /api/v1/admin/dead-letters says why. Mend that, and ` +
      'POST …/dead-letters/redrive has them handled again; POST …/dead-letters/drop forgets them.',
  ];
}

function repositoriesEndpoint({ store }: ServiceState): Endpoint {
  const Paging = z.strictObject({ ...paging, page: paging.page.describe('Which page, counted from 1.') });
  return {
    ...QUESTION,
    id: 'repositories',
    path: '/repositories',
    summary: 'List the repositories that the token is for.',
    input: Paging,
    output: Repositories,
    async handle({ caller, input }) {
      const { page, perPage } = Paging.parse(input);
      const seen = [...reachable(caller, await store.profiles())]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([, profile]) => profile);
      return {
        message: `${seen.length} ${seen.length === 1 ? 'repository' : 'repositories'}.`,
        data: {
          page,
          per_page: perPage,
          total: seen.length,
          repositories: seen.slice((page - 1) * perPage, page * perPage).map(listed),
        },
      };
    },
  };
}

function listed(profile: RepositoryProfile): z.infer<typeof ListedRepository> {
  return {
    id: profile.id,
    owner: profile.owner,
    name: profile.name,
    default_branch: profile.defaultBranch,
    private: profile.private,
    archived: profile.archived,
    last_round_at: profile.lastRoundAt === null ? null : new Date(profile.lastRoundAt).toISOString(),
  };
}
