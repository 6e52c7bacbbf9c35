import type { LearnedRepository } from '../../forecast/learned.ts';
import type { Run } from '../../history/run.ts';
import type { Decision } from '../../plan/decision.ts';
import type { SharedLoad } from '../../plan/shared-load.ts';
import type { AuditEvent } from '../../proposal/audit.ts';
import type { RepositoryCare } from '../../proposal/care.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import type { LearningEvent, StrategyPopulation } from '../../strategy/strategy.ts';
import type { RepositoryChange, RepositoryProfile, ScheduleVersion } from '../../usecases/ports.ts';

/** The changes of one repository put together, later ones over earlier ones, as one transaction will write them. */
export class PendingChange {
  profile: RepositoryProfile | undefined;
  learned: LearnedRepository | undefined;
  /** Workflow files of which something new was learned, as their runs came; `null` where it may be of any. */
  learnedFiles: Set<string> | null = new Set();
  population: StrategyPopulation | undefined;
  care: RepositoryCare | undefined;
  /** `null`: it is to go. */
  sharedLoad: SharedLoad | null | undefined;
  readonly runs = new Map<string, Run>();
  readonly scheduleVersions = new Map<string, ScheduleVersion>();
  readonly learningEvents: LearningEvent[] = [];
  readonly auditEvents: AuditEvent[] = [];
  readonly decisions = new Map<string, Decision>();
  readonly proposals = new Map<number, Proposal>();
  /** All that was there before these changes is to go. */
  deleted = false;

  get isEmpty(): boolean {
    return (
      !this.deleted &&
      this.profile === undefined &&
      this.sharedLoad === undefined &&
      !this.replacesWhole &&
      this.learningEvents.length === 0 &&
      this.auditEvents.length === 0 &&
      this.#keyed.every(({ size }) => size === 0)
    );
  }

  /** True where something is replaced that others may have replaced meanwhile. */
  get replacesWhole(): boolean {
    return this.learned !== undefined || this.population !== undefined || this.care !== undefined;
  }

  add(change: RepositoryChange): void {
    const { profile, learned, population, care, sharedLoad, learningEvents, auditEvents, ...lists } = change;
    const { runs, scheduleVersions, decisions, proposals, ...forgotten } = lists;
    // Fails to compile when a field comes that is not written.
    forgotten satisfies Record<string, never>;
    this.profile = profile ?? this.profile;
    if (learned !== undefined) this.#noteFiles(learned, runs ?? []);
    this.learned = learned ?? this.learned;
    this.population = population ?? this.population;
    this.care = care ?? this.care;
    if (sharedLoad !== undefined) this.sharedLoad = sharedLoad;
    this.learningEvents.push(...(learningEvents ?? []));
    this.auditEvents.push(...(auditEvents ?? []));
    for (const run of runs ?? []) this.runs.set(`${run.id}/${run.attempt}`, run);
    for (const version of scheduleVersions ?? []) this.scheduleVersions.set(version.sha, version);
    for (const decision of decisions ?? []) this.decisions.set(decision.id, decision);
    for (const proposal of proposals ?? []) this.proposals.set(proposal.pullNumber, proposal);
  }

  /** Forgets what was to be written, and has everything deleted that was there. */
  delete(): void {
    this.profile = undefined;
    this.learned = undefined;
    this.learnedFiles = new Set();
    this.population = undefined;
    this.care = undefined;
    this.sharedLoad = undefined;
    this.learningEvents.length = 0;
    this.auditEvents.length = 0;
    for (const map of this.#keyed) map.clear();
    this.deleted = true;
  }

  #noteFiles(learned: LearnedRepository, runs: readonly Run[]): void {
    const isOther = this.learned !== undefined && this.learned !== learned;
    if (isOther || runs.length === 0) this.learnedFiles = null;
    for (const { path } of runs) this.learnedFiles?.add(path);
  }

  get #keyed(): readonly Map<unknown, unknown>[] {
    return [this.runs, this.scheduleVersions, this.decisions, this.proposals];
  }
}
