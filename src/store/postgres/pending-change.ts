import type { LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import type { LearnedChange } from '../../forecast/learned-change.ts';
import type { Run } from '../../history/run.ts';
import type { Decision } from '../../plan/decision.ts';
import type { SharedLoad } from '../../plan/shared-load.ts';
import type { AuditEvent } from '../../proposal/audit.ts';
import type { RepositoryCare } from '../../proposal/care.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import type { LearningEvent, StrategyPopulation } from '../../strategy/strategy.ts';
import type { RepositoryChange, RepositoryProfile, ScheduleVersion } from '../../usecases/ports.ts';
import { changedPartNames } from './learned-parts.ts';

/** The changes of one repository put together, later ones over earlier ones, as one transaction will write them. */
export class PendingChange {
  profile: RepositoryProfile | undefined;
  /** Names of the parts of the learned state that change, as `learnedParts` has them; `null` where all may. */
  learnedParts: Set<string> | null = new Set();
  latenessPool: LatenessPoolChange[] = [];
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
      this.latenessPool.length === 0 &&
      this.auditEvents.length === 0 &&
      this.#keyed.every(({ size }) => size === 0)
    );
  }

  /** True where something is replaced that others may have replaced meanwhile. */
  get replacesWhole(): boolean {
    return this.changesLearned || this.population !== undefined || this.care !== undefined;
  }

  get changesLearned(): boolean {
    return this.learnedParts === null || this.learnedParts.size > 0;
  }

  add(change: RepositoryChange): void {
    const { profile, learned, latenessPool, population, care, sharedLoad, ...rest } = change;
    const { learningEvents, auditEvents, ...lists } = rest;
    const { runs, scheduleVersions, decisions, proposals, ...forgotten } = lists;
    // Fails to compile when a field comes that is not written.
    forgotten satisfies Record<string, never>;
    this.profile = profile ?? this.profile;
    if (learned !== undefined) this.#noteParts(learned);
    if (latenessPool !== undefined) this.latenessPool.push(latenessPool);
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
    this.learnedParts = new Set();
    this.population = undefined;
    this.care = undefined;
    this.sharedLoad = undefined;
    this.learningEvents.length = 0;
    this.auditEvents.length = 0;
    for (const map of this.#keyed) map.clear();
    this.deleted = true;
  }

  #noteParts(change: LearnedChange): void {
    if (change.whole !== undefined) this.learnedParts = null;
    for (const part of changedPartNames(change)) this.learnedParts?.add(part);
  }

  get #keyed(): readonly Map<unknown, unknown>[] {
    return [this.runs, this.scheduleVersions, this.decisions, this.proposals];
  }
}
