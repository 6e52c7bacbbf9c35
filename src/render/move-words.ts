import { describeCron } from '../cron/words.ts';
import type { ScheduleDecision } from '../plan/decision.ts';
import { code, type Inline, joined, LINE_BREAK, name, strong, words } from './inline.ts';
import { count, minutes, percent, seconds } from './quantity.ts';

/** Smaller differences of lateness (minutes) are not worth a word. */
const NOTICEABLE_MINUTES = 2;
/** Smaller differences of a probability are not worth a word. */
const NOTICEABLE_SHARE = 0.02;

/** A cron in words; where there are none, the cron itself. The words are ours and need no escaping. */
export function cronWords(cron: string, timezone: string): string {
  try {
    return describeCron(cron, timezone);
  } catch {
    return '';
  }
}

/** A cell with the cron and, under it, its words. */
export function cronCell(cron: string, timezone: string): Inline {
  const description = cronWords(cron, timezone);
  return description === '' ? code(cron) : words`${code(cron)}${LINE_BREAK}${name(description)}`;
}

/** File name of a workflow, without the folder that all of them share. */
export function fileName(path: string): string {
  return path.replace(/^\.github\/workflows\//, '');
}

/** Name and file of a workflow; once only where the name is the file. */
export function workflowCell({
  workflowName,
  path,
}: Pick<ScheduleDecision, 'workflowName' | 'path'>): Inline {
  const file = code(fileName(path));
  return workflowName === path || workflowName === ''
    ? file
    : words`${strong(name(workflowName))}${LINE_BREAK}${file}`;
}

/** The figures that speak for a move, best first: what today, what at the proposed time. */
export function evidence({
  today,
  proposed,
  latenessBelief = 1,
}: Pick<ScheduleDecision, 'today' | 'proposed' | 'latenessBelief'>): readonly string[] {
  if (today === null || proposed === null) return [];
  const facts: string[] = [];
  if (today.finishByProbability !== null && proposed.finishByProbability !== null) {
    facts.push(
      `done in time ${percent(today.finishByProbability)} → ${percent(proposed.finishByProbability)}`,
    );
  }
  const gain = today.latenessMedianMinutes - proposed.latenessMedianMinutes;
  if (gain > 0 && latenessBelief === 0) {
    facts.push('lateness there hardly known yet');
  } else if (Math.abs(gain) >= NOTICEABLE_MINUTES) {
    facts.push(
      `late by ${minutes(today.latenessMedianMinutes)} → ${minutes(proposed.latenessMedianMinutes)}`,
    );
  }
  if (Math.abs(today.overlapMinutesPerWeek - proposed.overlapMinutesPerWeek) >= NOTICEABLE_MINUTES) {
    facts.push(
      `overlap ${minutes(today.overlapMinutesPerWeek)} → ${minutes(proposed.overlapMinutesPerWeek)} a week`,
    );
  }
  const [held = 0, heldThen = 0] = [today.runnersHeld, proposed.runnersHeld];
  if (Math.abs(held - heldThen) >= NOTICEABLE_SHARE) {
    facts.push(`other repositories have ${percent(held)} → ${percent(heldThen)} of its runners`);
  }
  if (Math.abs(today.successProbability - proposed.successProbability) >= NOTICEABLE_SHARE) {
    facts.push(`succeeds ${percent(today.successProbability)} → ${percent(proposed.successProbability)}`);
  }
  return facts;
}

/** A cell with the evidence, one figure a line. */
export function evidenceCell(move: ScheduleDecision): Inline {
  return joined(evidence(move), LINE_BREAK);
}

/** What was seen of one schedule: how many runs, how late, how long, how well. */
export function seenSentence(schedule: ScheduleDecision): Inline {
  const { today, runsSeen } = schedule;
  const file = code(fileName(schedule.path));
  if (today === null) return words`${file}: ${count(runsSeen, 'scheduled run')}, too few for figures.`;
  const seen =
    runsSeen === 0
      ? 'no scheduled run seen yet, so these are the figures of other schedules.'
      : `${count(runsSeen, 'scheduled run')}.`;
  return joined(
    [
      words`${file}: ${seen}`,
      `Half start within ${minutes(today.latenessMedianMinutes)} of their time, nine in ten within ${minutes(today.latenessP90Minutes)};`,
      `they take ${seconds(today.durationMedianSeconds)} (nine in ten at most ${seconds(today.durationP90Seconds)}),`,
      `and ${percent(today.successProbability)} succeed.`,
    ],
    ' ',
  );
}
