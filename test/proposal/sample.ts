import type { Decision, ScheduleDecision, SlotForecast } from '../../src/plan/decision.ts';
import type { Proposal } from '../../src/proposal/proposal.ts';

export const NOW = Date.UTC(2026, 4, 4, 3, 17);
export const DAY_MS = 86_400_000;

export function outlook(over: Partial<SlotForecast> = {}): SlotForecast {
  return {
    latenessMedianMinutes: 158,
    latenessP90Minutes: 255,
    durationMedianSeconds: 1240,
    durationP90Seconds: 1740,
    successProbability: 0.94,
    overlapMinutesPerWeek: 312,
    finishByProbability: null,
    ...over,
  };
}

export function schedule(over: Partial<ScheduleDecision> = {}): ScheduleDecision {
  const path = over.path ?? '.github/workflows/nightly.yml';
  return {
    key: `${path}#0`,
    path,
    index: 0,
    workflowName: 'Nightly',
    timezone: 'UTC',
    cron: '0 2 * * *',
    outcome: 'move',
    to: '17 21 * * *',
    reasons: ['Runs at 02:00 start late.'],
    confidence: 0.8,
    benefit: 0.4,
    runsSeen: 58,
    today: outlook(),
    proposed: outlook({ latenessMedianMinutes: 30, latenessP90Minutes: 49, overlapMinutesPerWeek: 12 }),
    alternatives: [{ cron: '41 20 * * *', score: 0.43 }],
    ...over,
  };
}

export function decision(schedules: readonly ScheduleDecision[] = [schedule()]): Decision {
  const terms = { overlap: 1, lateness: 1, failure: 1, finishBy: 1, shift: 0, edit: 0 };
  return {
    version: 1,
    id: 'd-1',
    at: NOW,
    trigger: 'run',
    strategy: 'default',
    propensity: 1,
    seed: 7,
    schedules: [...schedules],
    confidence: 0.8,
    benefit: 0.3,
    terms: { before: terms, after: { ...terms, overlap: 0.4 } },
    load: {
      before: Array.from({ length: 24 }, (_, hour) => (hour === 2 ? 3 : 0.5)),
      after: Array.from({ length: 24 }, () => 0.6),
    },
    gates: [],
  };
}

export function proposal(over: Partial<Proposal> = {}): Proposal {
  return {
    version: 1,
    decisionId: 'd-0',
    pullNumber: 12,
    url: 'https://github.com/acme/site/pull/12',
    branch: 'offbeat/schedules',
    headSha: 'abc',
    moves: [
      {
        key: '.github/workflows/nightly.yml#0',
        path: '.github/workflows/nightly.yml',
        index: 0,
        from: '0 2 * * *',
        to: '17 21 * * *',
        timezone: 'UTC',
        evidence: { reason: 'lateness', benefit: 0.4, runsSeen: 40 },
      },
    ],
    state: 'open',
    openedAt: NOW - 3 * DAY_MS,
    changedAt: NOW - 2 * DAY_MS,
    changedBy: null,
    ...over,
  };
}
