import { isHosted } from '../config/runner-names.ts';
import { mean, median } from '../statistics.ts';
import type { JobFacts, WorkflowFacts } from '../workflow/job-facts.ts';
import { waitsThrough } from '../workflow/job-graph.ts';
import { bottlenecksOf } from './bottlenecks.ts';
import { criticalPath } from './critical-path.ts';
import type { JobNode } from './graph.ts';
import { durationTail } from './job-track.ts';
import { nodeSamples } from './node-samples.ts';
import { sparserRhythm } from './sparser-rhythm.ts';
import type { Suggestion, SuggestionSources } from './suggestion.ts';

/** Successes from which a tail is known. */
const LEAST_SUCCESSES = 30;
const LEAST_MARGIN_SECONDS = 600;
/** Of GitHub, where a job names none. */
export const DEFAULT_TIMEOUT_MINUTES = 360;
/** A run that ends so much earlier is worth a change of the file. */
const LEAST_GAIN_SECONDS = 15;
const LEAST_GAIN_SHARE = 0.03;
/** Shorter jobs are not worth splitting: every part pays for its set-up. */
const LEAST_SPLIT_SECONDS = 180;
const LEAST_OBSERVATIONS = 10;
const LEAST_WAIT_SECONDS = 60;
const LEAST_WAIT_SHARE = 0.25;
const LEAST_LEGS = 3;
const LEAST_OVERLAP = 0.2;
const LEAST_RUNS = 20;

/** All suggestions for a workflow, those that make runs shorter first, the longest gain first. */
export function suggestionsFor(sources: SuggestionSources): readonly Suggestion[] {
  const all = [
    ...needlessNeeds(sources),
    ...splits(sources),
    ...keySuggestions(sources),
    ...selfOverlap(sources),
    ...sparserRhythm(sources),
  ];
  return all.sort((a, b) => b.gainSeconds - a.gainSeconds);
}

/** The suggestions that one more key of a job brings, which Offbeat may write itself. */
export function keySuggestions({
  graph,
  facts,
}: Pick<SuggestionSources, 'graph' | 'facts'>): readonly Suggestion[] {
  return [
    ...graph.nodes.flatMap(timeoutOf),
    ...graph.nodes.flatMap((node) => maxParallelOf(node, factsOf(facts, node.id))),
  ];
}

/** Minutes after which a job with this tail hangs: twice its 99.5 % point, and well above the longest success. */
export function timeoutMinutes(tail: { readonly q995: number; readonly longest: number }): number {
  const seconds = Math.max(2 * tail.q995, 1.5 * tail.longest, tail.longest + LEAST_MARGIN_SECONDS);
  return Math.ceil(seconds / 60);
}

function timeoutOf({ id, job, tracks }: JobNode): readonly Suggestion[] {
  const successes = tracks.reduce((sum, track) => sum + track.successes, 0);
  const tails = tracks.flatMap((track) => durationTail(track) ?? []);
  if (job.uses !== null || job.timeoutMinutes !== null || tails.length === 0) return [];
  if (successes < LEAST_SUCCESSES) return [];
  const tail = {
    q995: Math.max(...tails.map(({ q995 }) => q995)),
    longest: Math.max(...tails.map(({ longest }) => longest)),
  };
  const minutes = timeoutMinutes(tail);
  if (minutes >= DEFAULT_TIMEOUT_MINUTES) return [];
  const longest = Math.max(1, Math.ceil(tail.longest / 60));
  return [
    {
      kind: 'timeout',
      job: id,
      sentence: `Give \`${id}\` a timeout of ${minutes} minutes.`,
      gainSeconds: 0,
      gain: `When it hangs, it takes a runner for ${minutes} minutes instead of ${DEFAULT_TIMEOUT_MINUTES}.`,
      // The rule of succession: the chance that the next success is no longer than all before, and the margin beyond.
      confidence: 1 - 0.5 / (successes + 2),
      evidence: [`${successes} successes, the longest of ${longest} minutes; the file names no timeout.`],
      insertion: { into: ['jobs', id], key: 'timeout-minutes', value: minutes },
      described: null,
    },
  ];
}

function maxParallelOf({ id, tracks, job }: JobNode, facts: JobFacts | undefined): readonly Suggestion[] {
  const legs = tracks.flatMap((track) => track.legs);
  const width = median(legs);
  const samples = nodeSamples(tracks, job.uses !== null);
  if (facts === undefined || facts.isLimited || width < LEAST_LEGS || samples.length < LEAST_OBSERVATIONS)
    return [];
  const wait = median(samples.map(({ queue }) => queue));
  const work = median(samples.map(({ seconds }) => seconds));
  if (wait < LEAST_WAIT_SECONDS || wait < LEAST_WAIT_SHARE * work) return [];
  const atOnce = Math.max(1, Math.ceil((width * work) / (work + wait)));
  if (atOnce >= width) return [];
  return [
    {
      kind: 'max-parallel',
      job: id,
      sentence: `Let \`${id}\` run ${atOnce} of its ${width} jobs at once.`,
      gainSeconds: 0,
      gain:
        `Other jobs on these runners no longer wait up to ${Math.round(wait / 60)} minutes behind it; it ` +
        `ends no later, as its jobs wait for each other now.`,
      confidence: samples.length / (samples.length + LEAST_OBSERVATIONS),
      evidence: [
        `In ${samples.length} runs the last of its ${width} jobs waited ${durationText(wait)} for a ` +
          `runner and worked ${durationText(work)} (medians).`,
      ],
      insertion: { into: ['jobs', id, 'strategy'], key: 'max-parallel', value: atOnce },
      described: null,
    },
  ];
}

/** `needs` of jobs known to change nothing outside that no artifact, cache, output or condition asks for. */
function needlessNeeds({ facts, graph, path, options }: SuggestionSources): readonly Suggestion[] {
  const { nodes } = graph;
  return nodes.flatMap((node, at) => {
    return node.needs.flatMap((need): readonly Suggestion[] => {
      const before = nodes[need];
      const given = before && factsOf(facts, before.id);
      if (before === undefined || given === undefined) return [];
      const without = {
        ...graph,
        nodes: nodes.with(at, { ...node, needs: node.needs.filter((one) => one !== need) }),
      };
      const after = criticalPath(without, options);
      const saved = path.makespan.q50 - (after?.makespan.q50 ?? path.makespan.q50);
      if (saved < LEAST_GAIN_SECONDS || saved < LEAST_GAIN_SHARE * path.makespan.q50) return [];
      if (!lostWaits(nodes, without.nodes).every((wait) => isNeedless(wait, facts))) return [];
      const observations = Math.min(
        ...path.jobs.filter(({ id }) => id === node.id || id === before.id).map((one) => one.observations),
      );
      if (observations < LEAST_OBSERVATIONS) return [];
      return [
        {
          kind: 'needs',
          job: node.id,
          sentence: `Start \`${node.id}\` without waiting for \`${before.id}\`.`,
          gainSeconds: saved,
          gain:
            `A run ends about ${durationText(saved)} earlier; \`${node.id}\` then also runs where \`${before.id}\` ` +
            `fails.`,
          confidence: (observations / (observations + LEAST_OBSERVATIONS)) * (given.gives ? 0.5 : 0.8),
          evidence: [
            `\`${node.id}\` fetches no artifact or cache and reads no output of \`${before.id}\`; both only ` +
              `check out, install, lint, build and test, by the names of what they run.`,
          ],
          insertion: null,
          described: { kind: 'without-need', job: node.id, need: before.id },
        },
      ];
    });
  });
}

interface Wait {
  readonly later: JobNode;
  readonly earlier: JobNode;
}

/** Which jobs wait for which others in one graph and not in the other, also through jobs between them. */
function lostWaits(nodes: readonly JobNode[], without: readonly JobNode[]): readonly Wait[] {
  const waits = (all: readonly JobNode[]) => waitsThrough(all.map(({ needs }) => needs));
  const [before, after] = [waits(nodes), waits(without)];
  return nodes.flatMap((later, at) =>
    [...(before[at] ?? [])].flatMap((place) => {
      const earlier = nodes[place];
      return earlier === undefined || after[at]?.has(place) === true ? [] : [{ later, earlier }];
    }),
  );
}

/** Whether one job loses nothing by waiting for another no longer; it may fetch from any job before it. */
function isNeedless({ later, earlier }: Wait, facts: WorkflowFacts): boolean {
  const [own, given] = [factsOf(facts, later.id), factsOf(facts, earlier.id)];
  if (own === undefined || given === undefined) return false;
  if (own.takes || own.asksOthers || own.reach !== 'none') return false;
  // On runners of one's own a job may find what another has left there.
  if (!own.checksOut && !isHosted(later.job.runsOn)) return false;
  return !given.asksOthers && !given.isConditional && given.reach === 'none';
}

/** The bottleneck whose work takes longest, in two or more parts. */
function splits({ facts, graph, path }: SuggestionSources): readonly Suggestion[] {
  const worst = bottlenecksOf(path).find(({ kind }) => kind === 'work')?.job;
  if (worst === undefined || worst.seconds < LEAST_SPLIT_SECONDS || worst.observations < LEAST_OBSERVATIONS)
    return [];
  const own = factsOf(facts, worst.id);
  const node = graph.nodes.find(({ id }) => id === worst.id);
  if (own === undefined || node === undefined || own.reach === 'unknown') return [];
  // More jobs of a matrix that runs so many at once would wait for each other.
  if (own.isLimited) return [];
  const isMatrix = (node.job.width ?? 2) > 1;
  if (!own.tests && !isMatrix) return [];
  const more = node.job.width ?? 0;
  const runners = more === 0 ? 'as many runners again' : `${more} more ${more === 1 ? 'runner' : 'runners'}`;
  const how = isMatrix ? 'by another axis of its matrix' : 'by a matrix of two shards';
  const saved = worst.gain * path.makespan.q50;
  return [
    {
      kind: 'split',
      job: worst.id,
      sentence: `Split \`${worst.id}\` in two ${how}.`,
      gainSeconds: saved,
      gain:
        `A run ends up to ${durationText(saved)} earlier, less the set-up that both parts pay for; it ` +
        `takes ${runners}.`,
      confidence: 0.6 * (worst.observations / (worst.observations + LEAST_OBSERVATIONS)),
      evidence: [
        `It takes ${durationText(worst.seconds)} of a run of ${durationText(path.makespan.q50)}, and ` +
          `is on the critical path of ${Math.round(100 * worst.medianShare)} % of the runs.`,
        `Its test command has to run one part only, as by \`--shard=\${{ matrix.shard }}/2\`.`,
      ],
      insertion: null,
      described: { kind: 'two-shards', job: worst.id },
    },
  ];
}

function selfOverlap({ facts, graph, overlap }: SuggestionSources): readonly Suggestion[] {
  const { share, runs, lostShare } = overlap;
  if (facts.hasConcurrency || runs < LEAST_RUNS || share < LEAST_OVERLAP) return [];
  if (facts.jobs.some(({ reach }) => reach === 'unknown')) return [];
  return [
    {
      kind: 'concurrency',
      job: null,
      sentence: 'Let a newer run of a branch cancel the one that still goes on.',
      gainSeconds: 0,
      gain:
        `About ${((lostShare * secondsPerRun(graph)) / 60).toFixed(1)} minutes of runners a run, for results that ` +
        `nobody waits for any more.`,
      confidence: runs / (runs + LEAST_RUNS),
      evidence: [
        `${Math.round(100 * share)} % of ${runs} runs began while an earlier run of their branch went on.`,
      ],
      insertion: null,
      described: { kind: 'cancel-in-progress' },
    },
  ];
}

function factsOf({ jobs }: WorkflowFacts, id: string): JobFacts | undefined {
  return jobs.find((job) => job.id === id);
}

/** Seconds that the jobs of one run work, together. */
function secondsPerRun({ nodes }: SuggestionSources['graph']): number {
  const tracks = nodes.flatMap((node) => node.tracks).filter(({ totals }) => totals.length > 0);
  return tracks.reduce((sum, { totals }) => sum + mean(totals), 0);
}

/** Seconds in a sentence: `45 s`, `1 minute`, `14 minutes`. */
function durationText(seconds: number): string {
  const [whole, minutes] = [Math.round(seconds), Math.round(seconds / 60)];
  if (whole < 60) return `${whole} s`;
  return minutes === 1 ? '1 minute' : `${minutes.toLocaleString('en')} minutes`;
}
