import { z } from 'zod';
import { DAY_MS, WEEK_MS } from '../time.ts';
import { compareOutcomes, comparisonSentence, FORGOTTEN_REPOSITORY, Outcome } from './comparison.ts';
import { evidence } from './verdict/e-process.ts';

/** Share of repositories, in per cent, that each stage reaches. */
export const STAGES = [1, 10, 25, 50, 100] as const;

/** A stage lasts this long, if there is no breach. */
const STAGE_MS = DAY_MS;
/** The last stage begins at least this long after the first. */
const LEAST_BEFORE_ALL_MS = WEEK_MS;

/** Fewer planning rounds than this say nothing of the App's own errors. */
const LEAST_ROUNDS = 20;
const MOST_FAILED_SHARE = 0.05;

/** Share of proposals that may do harm for reasons other than the new version. */
const HARM_ALLOWED = 0.05;
/** E-value at which a version counts as harmful: at most one harmless version in twenty is rolled back. */
const HARM_PROVEN = 20;

/** Something new that reaches repositories in stages. */
export const Rollout = z.object({
  name: z.string(),
  /** Share of repositories that have it, 0–100. */
  percent: z.number().min(0).max(100),
  /** When its first stage began, epoch ms. */
  startedAt: z.number(),
  /** When the present stage began, epoch ms. */
  stageAt: z.number(),
  /** Planning rounds under it, and how many of them failed through a fault of the App. */
  rounds: z.number().int().nonnegative(),
  failedRounds: z.number().int().nonnegative(),
  /** Proposals made under it that were measured: true where harm was found. */
  harms: z.array(z.boolean()),
  /** Outcomes of the repositories in the order in which they began; only where two versions are compared. */
  outcomes: z.array(Outcome).optional(),
  /** Its changes, newest last. */
  log: z.array(z.object({ at: z.number(), by: z.string().nullable(), what: z.string() })),
});
export type Rollout = z.infer<typeof Rollout>;

/** A rollout that begins at `percent` at `now` (epoch ms). `compares`: its stages end by a comparison, not by a day. */
export function beginRollout(
  name: string,
  percent: number,
  now: number,
  by: string | null,
  compares = false,
): Rollout {
  return {
    name,
    percent,
    startedAt: now,
    stageAt: now,
    rounds: 0,
    failedRounds: 0,
    harms: [],
    ...(compares ? { outcomes: [] } : {}),
    log: [{ at: now, by, what: `Set to ${percent} %.` }],
  };
}

/** Whether a rollout has reached a repository. It stays reached later; other rollouts have other orders. */
export function isInRollout(
  { name, percent }: Pick<Rollout, 'name' | 'percent'>,
  repositoryId: number,
): boolean {
  return hash(`${name}:${repositoryId}`) % 10_000 < percent * 100;
}

/** FNV-1a, 32 bits (Fowler, Noll and Vo): stable over processes, versions and machines. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value ^= text.charCodeAt(at);
    value = Math.imul(value, 0x01000193);
  }
  // The low bits of FNV-1a are poorly mixed on short texts.
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 0;
}

/** Why a rollout must not advance, in a sentence; `null` where it may. */
export function breachOf({ rounds, failedRounds, harms, outcomes }: Rollout, now: number): string | null {
  if (rounds >= LEAST_ROUNDS && failedRounds / rounds > MOST_FAILED_SHARE) {
    return `${failedRounds} of ${rounds} planning rounds failed for the App’s own fault; 5 % is the most.`;
  }
  const harm = evidence(
    harms.map((hit) => ({ hit, atMost: HARM_ALLOWED })),
    1,
  );
  if (harm >= HARM_PROVEN) {
    return `${harms.filter(Boolean).length} of ${harms.length} measured proposals did harm, which is no accident.`;
  }
  const comparison = compareOutcomes(outcomes ?? [], now);
  return comparison.sign === 'below' ? comparisonSentence(comparison) : null;
}

export type Advance =
  | { readonly kind: 'moved'; readonly rollout: Rollout }
  | { readonly kind: 'waits'; readonly why: string };

/** The next stage after a quiet day, the last after a week; where versions are compared, once the new is better. */
export function advanceRollout(rollout: Rollout, now: number, by: string | null): Advance {
  const waits = (why: string): Advance => ({ kind: 'waits', why });
  const breach = breachOf(rollout, now);
  if (breach !== null) return waits(breach);
  const next = STAGES.find((stage) => stage > rollout.percent);
  if (next === undefined) return waits('It has reached everybody.');
  if (rollout.percent === 0) return waits('It was rolled back; set it to begin anew.');
  if (rollout.outcomes !== undefined) {
    const comparison = compareOutcomes(rollout.outcomes, now);
    if (comparison.sign === null) return waits(comparisonSentence(comparison));
  }
  if (now - rollout.stageAt < STAGE_MS) {
    return waits(`This stage lasts until ${instant(rollout.stageAt + STAGE_MS)}.`);
  }
  if (next === 100 && now - rollout.startedAt < LEAST_BEFORE_ALL_MS) {
    return waits(`Everybody’s turn comes on ${instant(rollout.startedAt + LEAST_BEFORE_ALL_MS)}.`);
  }
  return { kind: 'moved', rollout: moved(rollout, next, now, by, `Advanced to ${next} %.`) };
}

/**
 * The rollout with an outcome that began in a repository (its `value` is `null`), or with the measured value of one
 * that began before. Each repository counts once under each version, with its first outcome. An outcome that began
 * before the present stage is left out, as nobody knows under which version it began.
 */
export function withOutcome(rollout: Rollout, seen: Omit<Outcome, 'reached'>): Rollout {
  const { outcomes } = rollout;
  if (outcomes === undefined) return rollout;
  const known = outcomes.findIndex(
    (one) => one.repositoryId === seen.repositoryId && one.kind === seen.kind && one.from === seen.from,
  );
  const before = outcomes[known];
  if (before !== undefined) {
    if (before.value !== null || seen.value === null) return rollout;
    return { ...rollout, outcomes: outcomes.with(known, { ...before, value: seen.value }) };
  }
  const reached = isInRollout(rollout, seen.repositoryId);
  if (seen.value !== null) return rollout;
  const isCounted = outcomes.some((one) => one.repositoryId === seen.repositoryId && one.reached === reached);
  return isCounted || seen.from < rollout.stageAt
    ? rollout
    : { ...rollout, outcomes: [...outcomes, { ...seen, reached }] };
}

/** The rollout with the id of one repository taken out of its outcomes, which keep their places. */
export function withoutRepository(rollout: Rollout, repositoryId: number): Rollout {
  const { outcomes } = rollout;
  if (outcomes === undefined) return rollout;
  return {
    ...rollout,
    outcomes: outcomes.map((one) =>
      one.repositoryId === repositoryId ? { ...one, repositoryId: FORGOTTEN_REPOSITORY } : one,
    ),
  };
}

/** The rollout at 0 %, until somebody sets it again. */
export function rollBackRollout(rollout: Rollout, now: number, by: string | null, why: string): Rollout {
  return moved(rollout, 0, now, by, `Rolled back: ${why}`);
}

function moved(rollout: Rollout, percent: number, now: number, by: string | null, what: string): Rollout {
  return { ...rollout, percent, stageAt: now, log: [...rollout.log, { at: now, by, what }] };
}

function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
