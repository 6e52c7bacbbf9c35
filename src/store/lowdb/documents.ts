import { z } from 'zod';
import { LearnedRepository } from '../../forecast/learned.ts';
import { OlderRuns } from '../../history/older-runs.ts';
import { Run } from '../../history/run.ts';
import { Decision } from '../../plan/decision.ts';
import { SharedLoad } from '../../plan/shared-load.ts';
import { AuditEvent } from '../../proposal/audit.ts';
import { RepositoryCare } from '../../proposal/care.ts';
import { Mode, Proposal } from '../../proposal/proposal.ts';
import { LearningEvent, StrategyPopulation } from '../../strategy/strategy.ts';
import type { RepositoryProfile, ScheduleVersion } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { PackedLog, packedLog } from '../packed-log.ts';
import { PackedChunk, PackedRuns, packedRuns } from '../packed-runs.ts';
import { shareStrings } from './share-strings.ts';
import { JsonText } from './staged-file.ts';

const Profile = z.object({
  id: z.number().int(),
  installationId: z.number().int(),
  owner: z.string(),
  name: z.string(),
  defaultBranch: z.string(),
  archived: z.boolean(),
  fork: z.boolean(),
  private: z.boolean(),
  commandedMode: Mode.nullable(),
  lastRoundAt: z.number().nullable(),
  removedAt: z.number().nullable(),
  noticesGiven: z.array(z.string()),
}) satisfies z.ZodType<RepositoryProfile>;

const Version = z.object({
  sha: z.string(),
  seenAt: z.number(),
  entries: z.array(z.object({ key: z.string(), path: z.string(), cron: z.string(), timezone: z.string() })),
  widths: z.record(z.string(), z.number()).optional(),
}) satisfies z.ZodType<ScheduleVersion>;

/** The files of one repository, each with its version. What stands in them is checked whenever it is read. */
export const DOCUMENTS = {
  'profile.json': z.object({ version: z.literal(1), profile: Profile, sharedLoad: SharedLoad.optional() }),
  'runs.json': z.discriminatedUnion('version', [
    z.object({ version: z.literal(1), runs: z.array(Run), older: z.array(OlderRuns) }),
    z.object({
      version: z.literal(2),
      chunks: z.array(PackedChunk),
      newest: z.array(Run),
      older: z.array(OlderRuns),
    }),
    // What is rolled up holds sketches: an earlier version would drop them.
    z.object({
      version: z.literal(3),
      chunks: z.array(PackedChunk),
      newest: z.array(Run),
      older: z.array(OlderRuns),
    }),
  ]),
  'learned.json': LearnedRepository,
  'learned_strategies.json': StrategyPopulation,
  'learning_log.json': z.object({
    version: z.literal(1),
    events: z.array(LearningEvent),
    olderEvents: z.number().int().nonnegative(),
  }),
  'schedules.json': z.object({ version: z.literal(1), versions: z.array(Version) }),
  'decisions.json': z.object({ version: z.literal(1), decisions: z.array(Decision) }),
  'proposals.json': z.object({ version: z.literal(1), proposals: z.array(Proposal) }),
  'audit.json': z.object({
    version: z.literal(1),
    care: RepositoryCare,
    events: z.array(AuditEvent),
    olderEvents: z.number().int().nonnegative(),
  }),
} as const;

export type DocumentName = keyof typeof DOCUMENTS;
export type Documents = { readonly [Name in DocumentName]: z.infer<(typeof DOCUMENTS)[Name]> };

export const DOCUMENT_NAMES = Object.keys(DOCUMENTS) as readonly DocumentName[];

/** The state as the contents of its files. */
export function toDocuments(state: KeptRepository): { readonly [Name in DocumentName]: unknown } {
  return {
    'profile.json': {
      version: 1,
      profile: state.profile,
      ...(state.sharedLoad === null ? {} : { sharedLoad: state.sharedLoad }),
    },
    'runs.json': { version: 3, ...packedRuns(state.runs).toDocument(), older: state.olderRuns },
    'learned.json': state.learned,
    'learned_strategies.json': state.population,
    'learning_log.json': new JsonText(
      `{"version":1,"events":${packedLog(state.learningLog).toText()},"olderEvents":${state.olderEvents}}`,
    ),
    'schedules.json': { version: 1, versions: state.scheduleVersions },
    'decisions.json': { version: 1, decisions: state.decisions },
    'proposals.json': { version: 1, proposals: state.proposals },
    'audit.json': {
      version: 1,
      care: state.care,
      events: state.audit,
      olderEvents: state.olderAudit,
    },
  };
}

/** The state that files hold; those that are not there keep what `base` has. */
export function fromDocuments(documents: Partial<Documents>, base: KeptRepository): KeptRepository {
  const profile = documents['profile.json'];
  const log = documents['learning_log.json'];
  const runs = documents['runs.json'];
  const audit = documents['audit.json'];
  return {
    profile: profile?.profile ?? base.profile,
    sharedLoad: profile?.sharedLoad ?? base.sharedLoad,
    runs: runs === undefined ? base.runs : historyOf(runs),
    olderRuns: runs?.older ?? base.olderRuns,
    learned: documents['learned.json'] ?? base.learned,
    scheduleVersions: documents['schedules.json']?.versions ?? base.scheduleVersions,
    population: documents['learned_strategies.json'] ?? base.population,
    learningLog: log === undefined ? base.learningLog : PackedLog.of(log.events),
    olderEvents: log?.olderEvents ?? base.olderEvents,
    decisions: documents['decisions.json']?.decisions ?? base.decisions,
    proposals: documents['proposals.json']?.proposals ?? base.proposals,
    care: audit?.care ?? base.care,
    audit: audit?.events ?? base.audit,
    olderAudit: audit?.olderEvents ?? base.olderAudit,
    damage: base.damage,
  };
}

function historyOf(runs: Documents['runs.json']): PackedRuns {
  return runs.version === 1
    ? PackedRuns.of(shareStrings(runs.runs))
    : PackedRuns.fromDocument({ chunks: runs.chunks, newest: shareStrings(runs.newest) });
}

/** One file's text, checked; `undefined` where it is not JSON or not of its schema. */
export function readDocument<Name extends DocumentName>(
  name: Name,
  text: string,
): Documents[Name] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = DOCUMENTS[name].safeParse(json);
  return parsed.success ? (parsed.data as Documents[Name]) : undefined;
}
