import { z } from 'zod';
import { Conclusion } from '../history/run.ts';
import type { Immutable } from '../immutable.ts';

/** One job of a run that has ended, as GitHub tells of it. Instants are epoch ms. */
export const ObservedJob = z.object({
  /** GitHub's id of the job; every attempt has jobs of its own. */
  id: z.number().int(),
  runId: z.number().int(),
  /** The workflow file of the run. */
  path: z.string(),
  /** The name that GitHub shows, values of a matrix and the calling job included. */
  name: z.string(),
  /** Of the runner it asked for; empty where it was skipped. */
  labels: z.array(z.string()),
  conclusion: Conclusion.nullable(),
  /** When it was queued. */
  createdAt: z.number(),
  startedAt: z.number(),
  endedAt: z.number(),
});
export type ObservedJob = Immutable<z.infer<typeof ObservedJob>>;

/** Longer names and label lists are cut: they come from whoever can open a pull request. */
const NAME_LENGTH = 120;
const LABELS_READ = 8;

/** A job's name without its matrix values in brackets: `test (ubuntu-latest, 20)`, `build (arm64) / compile`. */
export function baseName(name: string): string {
  const parts = name.split(' / ').map((part) => part.replace(/ \([^()]*(\([^()]*\)[^()]*)*\)?$/, '').trim());
  const base = parts.join(' / ').slice(0, NAME_LENGTH).trim();
  return base === '' ? name.slice(0, NAME_LENGTH) : base;
}

/** The labels of a runner as one text: in lower case, in order, joined by commas; empty where none are known. */
export function labelsKey(labels: readonly string[]): string {
  const plain = labels.slice(0, LABELS_READ).map((label) => label.toLowerCase().slice(0, NAME_LENGTH));
  return [...new Set(plain)].sort().join(',');
}

/** Minutes that GitHub bills for so many seconds of one job: every job is rounded up to a whole minute. */
export function billedMinutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}
