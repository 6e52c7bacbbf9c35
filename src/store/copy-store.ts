import { createHash } from 'node:crypto';
import { OffbeatError } from '../errors.ts';
import { olderRunsKey } from '../history/older-runs.ts';
import type { AuditEvent } from '../proposal/audit.ts';
import type { LearningLog } from '../strategy/strategy.ts';
import type { KeptRepository, WholeStore } from './kept-repository.ts';
import { RETENTION, withinBounds } from './retention.ts';

/** Counts of the copied items, and the hash of all of them, which is the same on both sides. */
export interface CopyReport {
  readonly repositories: number;
  readonly runs: number;
  /** Runs that are no longer kept one by one. */
  readonly olderRuns: number;
  readonly decisions: number;
  readonly proposals: number;
  readonly sha256: string;
}

/** Copies a store to an empty one and compares. Throws `usage-invalid` if not empty, `store-damaged` if different. */
export async function copyStore(from: WholeStore, to: WholeStore): Promise<CopyReport> {
  const there = await to.profiles();
  if (there.length > 0) {
    throw new OffbeatError('usage-invalid', `The target already keeps ${there.length} repositories.`, {
      fix: 'Name an empty target.',
    });
  }
  const whole = createHash('sha256');
  const counts = { repositories: 0, runs: 0, olderRuns: 0, decisions: 0, proposals: 0 };
  const profiles = (await from.profiles()).toSorted((a, b) => a.id - b.id);
  for (const { id } of profiles) {
    const kept = await from.load(id);
    if (kept === undefined) continue;
    await to.keep(kept);
    const print = printOf(kept);
    const copied = await to.load(id);
    if (copied === undefined || printOf(copied) !== print) throw differs(`repository ${id}`);
    whole.update(print);
    counts.repositories += 1;
    counts.runs += kept.runs.length;
    counts.olderRuns += kept.olderRuns.reduce((sum, { runs }) => sum + runs, 0);
    counts.decisions += kept.decisions.length;
    counts.proposals += kept.proposals.length;
  }
  const pool = await from.loadLatenessPool();
  await to.replaceLatenessPool(pool);
  const print = sha256(pool);
  if (sha256(await to.loadLatenessPool()) !== print) throw differs('the pooled lateness');
  const copied = (await to.profiles()).length;
  if (copied !== counts.repositories) throw differs(`the number of repositories (${copied})`);
  return { ...counts, sha256: whole.update(print).digest('hex') };
}

/** A hash that is equal for equal states, although their stores cut and order lists differently. */
function printOf(state: KeptRepository): string {
  // A store may be over a bound by some slack.
  const { damage: _, ...kept } = withinBounds(state, RETENTION, { slack: 0 }).state;
  const olderRuns = kept.olderRuns.map((sums) => ({
    ...sums,
    // Sums of the same numbers in another order differ in their last digits.
    totalSeconds: Math.round(sums.totalSeconds),
  }));
  return sha256({
    ...kept,
    olderRuns: olderRuns.toSorted((a, b) => (olderRunsKey(a) < olderRunsKey(b) ? -1 : 1)),
    ...newest('learningLog', state.learningLog, state.olderEvents, RETENTION.learningEvents),
    ...newest('audit', state.audit, state.olderAudit, RETENTION.auditEvents),
  });
}

function newest(
  name: string,
  list: LearningLog | readonly AuditEvent[],
  older: number,
  limit: number,
): object {
  return { [name]: list.slice(-limit), [`${name}InAll`]: list.length + older, olderEvents: 0, olderAudit: 0 };
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON in which the names of each object are sorted. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function differs(what: string): OffbeatError {
  return new OffbeatError('store-damaged', `The copy is not like the original: ${what}.`, {
    fix: 'Stop everything else that uses either store, empty the target and copy again.',
  });
}
