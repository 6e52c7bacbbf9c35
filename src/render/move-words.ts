import { describeCron } from '../cron/words.ts';
import type { ScheduleDecision } from '../plan/decision.ts';
import { code, type Inline, joined, LINE_BREAK, name, strong, words } from './inline.ts';
import { count, minutes, percent, seconds } from './quantity.ts';

/** Smaller differences in lateness (minutes) are not mentioned. */
const NOTICEABLE_MINUTES = 2;
/** Smaller differences in a probability are not mentioned. */
const NOTICEABLE_SHARE = 0.02;

/** A cron in words, without any text of others; empty where it cannot be described. */
export function cronWords(cron: string, timezone: string): string {
  try {
    return describeCron(cron, timezone);
  } catch {
    return '';
  }
}

/** A cell with a cron and, on a line below, its description. */
export function cronCell(cron: string, timezone: string): Inline {
  const description = cronWords(cron, timezone);
  return description === '' ? code(cron) : words`${code(cron)}${LINE_BREAK}${name(description)}`;
}

/** File name of a workflow, without the folder that all of them share. */
export function fileName(path: string): string {
  return path.replace(/^\.github\/workflows\//, '');
}

/** Name and file of a workflow; only the file where it has no name of its own. */
export function workflowCell({
  workflowName,
  path,
}: Pick<ScheduleDecision, 'workflowName' | 'path'>): Inline {
  const file = code(fileName(path));
  return workflowName === path || workflowName === ''
    ? file
    : words`${strong(name(workflowName))}${LINE_BREAK}${file}`;
}

/** The figures for a move, most important first: today's and those at the proposed time. */
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
