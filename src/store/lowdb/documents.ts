import { z } from 'zod';
import { JournalPosition } from '../../disk/journal-position.ts';
import { LearnedRepository } from '../../forecast/learned.ts';
import { OlderRuns } from '../../history/older-runs.ts';
import { Run } from '../../history/run.ts';
import { LearnedJobs } from '../../jobs/learned-jobs.ts';
import { ServedTick } from '../../on-time/served-tick.ts';
import { OnTimeState } from '../../on-time/state.ts';
import { Decision } from '../../plan/decision.ts';
import { SharedLoad } from '../../plan/shared-load.ts';
import { AuditEvent } from '../../proposal/audit.ts';
import { SettingsAndBookkeeping } from '../../proposal/bookkeeping.ts';
import { Proposal } from '../../proposal/proposal.ts';
import { LearningEvent, StrategyPopulation } from '../../strategy/strategy.ts';
import type { RepositoryChange } from '../../usecases/ports.ts';
import { type KeptRepository, Profile, Version } from '../kept-repository.ts';
import type { RecordedChange } from './recorded-change.ts';

/** Begins every document: `position` is that of the newest journal record that it holds. */
const STORED = { version: z.literal(1), position: JournalPosition } as const;

/** The documents of one repository, by file name. A document that another process has written is checked on reading. */
export const DOCUMENTS = {
  'runs.json': z.object({ ...STORED, runs: z.array(Run), older: z.array(OlderRuns) }),
  'learned.json': LearnedRepository.extend(STORED),
  'jobs.json': LearnedJobs.extend(STORED),
  'learned_strategies.json': StrategyPopulation.extend(STORED),
  'learning_log.json': z.object({
    ...STORED,
    events: z.array(LearningEvent),
    olderEvents: z.number().int().nonnegative(),
  }),
  'schedules.json': z.object({ ...STORED, versions: z.array(Version) }),
  'decisions.json': z.object({ ...STORED, decisions: z.array(Decision) }),
  'proposals.json': z.object({ ...STORED, proposals: z.array(Proposal) }),
  'audit.json': z.object({
    ...STORED,
    care: SettingsAndBookkeeping,
    events: z.array(AuditEvent),
    olderEvents: z.number().int().nonnegative(),
  }),
  'ticks.json': z.object({ ...STORED, ticks: z.array(ServedTick) }),
  'profile.json': z.object({
    ...STORED,
    profile: Profile,
    sharedLoad: SharedLoad.nullable(),
    onTime: OnTimeState.nullable().default(null),
  }),
} as const;

export type DocumentName = keyof typeof DOCUMENTS;
export type Documents = { readonly [Name in DocumentName]: z.infer<(typeof DOCUMENTS)[Name]> };

/** Documents that older versions did not write: where one of them is missing, nothing is damaged. */
export const ADDED_LATER: ReadonlySet<DocumentName> = new Set(['ticks.json', 'jobs.json']);

export const DOCUMENT_NAMES = Object.keys(DOCUMENTS) as readonly DocumentName[];

/** The document that holds each part of a change; `null` for a part that is in no document of a repository. */
const DOCUMENT_OF_PART: { readonly [Part in keyof Required<RepositoryChange>]: DocumentName | null } = {
  profile: 'profile.json',
  sharedLoad: 'profile.json',
  onTime: 'profile.json',
  onTimeBefore: null,
  ticks: 'ticks.json',
  runs: 'runs.json',
  renamedFiles: 'runs.json',
  learned: 'learned.json',
  observedJobs: 'jobs.json',
  renamedJobFiles: 'jobs.json',
  latenessPool: null,
  population: 'learned_strategies.json',
  learningEvents: 'learning_log.json',
  scheduleVersions: 'schedules.json',
  decisions: 'decisions.json',
  proposals: 'proposals.json',
  care: 'audit.json',
  auditEvents: 'audit.json',
};

/** The documents that a change touches. */
export function documentsOf(
  change: { readonly [Part in keyof RepositoryChange]?: unknown },
): ReadonlySet<DocumentName> {
  const names = new Set<DocumentName>();
  for (const part of Object.keys(change) as (keyof RepositoryChange)[]) {
    const name = DOCUMENT_OF_PART[part];
    if (name !== null && change[part] !== undefined) names.add(name);
  }
  return names;
}

/** A change without the parts of documents that are not `wanted`. */
export function partsFor(change: RecordedChange, wanted: (name: DocumentName) => boolean): RecordedChange {
  const parts = Object.entries(change).filter(([part]) => {
    const name = DOCUMENT_OF_PART[part as keyof RepositoryChange];
    return name !== null && wanted(name);
  });
  return Object.fromEntries(parts);
}

/** The part of a state that one document holds. */
export function toDocument<Name extends DocumentName>(
  name: Name,
  state: KeptRepository,
  position: JournalPosition,
): Documents[Name] {
  const stored = { version: 1, position } as const;
  const contents: { readonly [Each in DocumentName]: () => unknown } = {
    'runs.json': () => ({ ...stored, runs: state.runs, older: state.olderRuns }),
    'learned.json': () => ({ ...stored, ...state.learned }),
    'jobs.json': () => ({ ...stored, ...state.jobs }),
    'learned_strategies.json': () => ({ ...stored, ...state.population }),
    'learning_log.json': () => ({ ...stored, events: state.learningLog, olderEvents: state.olderEvents }),
    'schedules.json': () => ({ ...stored, versions: state.scheduleVersions }),
    'decisions.json': () => ({ ...stored, decisions: state.decisions }),
    'proposals.json': () => ({ ...stored, proposals: state.proposals }),
    'audit.json': () => ({ ...stored, care: state.care, events: state.audit, olderEvents: state.olderAudit }),
    'ticks.json': () => ({ ...stored, ticks: state.ticks }),
    'profile.json': () => ({
      ...stored,
      profile: state.profile,
      sharedLoad: state.sharedLoad,
      onTime: state.onTime,
    }),
  };
  return contents[name]() as Documents[Name];
}

/** The state that documents hold; where one is missing, its part of `base`. */
export function fromDocuments(
  documents: { readonly [Name in DocumentName]?: Documents[Name] | null },
  base: KeptRepository,
): KeptRepository {
  const profile = documents['profile.json'];
  const log = documents['learning_log.json'];
  const runs = documents['runs.json'];
  const audit = documents['audit.json'];
  const learned = documents['learned.json'];
  const jobs = documents['jobs.json'];
  const population = documents['learned_strategies.json'];
  return {
    profile: profile?.profile ?? base.profile,
    sharedLoad: profile?.sharedLoad ?? base.sharedLoad,
    onTime: profile?.onTime ?? base.onTime,
    ticks: documents['ticks.json']?.ticks ?? base.ticks,
    runs: runs?.runs ?? base.runs,
    olderRuns: runs?.older ?? base.olderRuns,
    learned: learned ? withoutPosition(learned) : base.learned,
    jobs: jobs ? withoutPosition(jobs) : base.jobs,
    scheduleVersions: documents['schedules.json']?.versions ?? base.scheduleVersions,
    population: population ? withoutPosition(population) : base.population,
    learningLog: log?.events ?? base.learningLog,
    olderEvents: log?.olderEvents ?? base.olderEvents,
    decisions: documents['decisions.json']?.decisions ?? base.decisions,
    proposals: documents['proposals.json']?.proposals ?? base.proposals,
    care: audit?.care ?? base.care,
    audit: audit?.events ?? base.audit,
    olderAudit: audit?.olderEvents ?? base.olderAudit,
    damage: base.damage,
  };
}

function withoutPosition<T extends { readonly position: JournalPosition }>(document: T): Omit<T, 'position'> {
  const { position: _, ...rest } = document;
  return rest;
}
