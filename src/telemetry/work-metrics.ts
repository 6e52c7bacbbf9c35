import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LearnedRun } from '../forecast/learn.ts';
import { type Alert, alertStateOf, Severity } from '../proposal/alert.ts';
import type { RepositoryChange } from '../usecases/ports.ts';
import { boundedLabel } from './bounded-label.ts';

/** Repositories and installations that have series of their own; all others share one. */
const OWN_SERIES = 50;

/** Bucket limits in seconds, from a store in memory to a slow disk. */
const SHORT_SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
/** Bucket limits in seconds. A job may wait for GitHub, since its writes are spaced by seconds. */
const JOB_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300];
const LATENESS_MINUTES = [1, 5, 15, 30, 60, 120, 180, 240, 360, 720];
/** Bucket limits of a forecast's relative error: the limits of its classes, and one beyond them. */
const RELATIVE_ERRORS = [0.05, 0.1, 0.25, 0.5, 1, 2];

export interface GitHubCall {
  readonly method: string;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly seconds: number;
  /** Who asked; `null` for the App itself. */
  readonly installationId: number | null;
  /** Calls left in the hour, where GitHub says so. */
  readonly remaining: number | null;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** Where a proposal stands when its verdict is final. */
const VERDICTS: ReadonlySet<string> = new Set([
  'improved',
  'no-difference',
  'worse',
  'inconclusive',
  'rolled-back',
]);

/** Registers the metrics of the work. Repositories are named by number, since anybody may read `/metrics`. */
export function workMetrics(registry: Registry) {
  const registers = [registry];
  const jobs = new Histogram({
    name: 'offbeat_event_seconds',
    help: 'Time to handle a delivery, by event and outcome.',
    labelNames: ['event', 'outcome'],
    buckets: JOB_SECONDS,
    registers,
  });
  const errors = new Histogram({
    name: 'offbeat_forecast_relative_error',
    help: 'Relative error of duration forecasts, each made before its run ended.',
    buckets: RELATIVE_ERRORS,
    registers,
  });
  const inside = new Counter({
    name: 'offbeat_forecast_interval_total',
    help: 'Runs by whether their duration lay in the interval that was to hold nine in ten.',
    labelNames: ['inside'],
    registers,
  });
  const lateness = new Histogram({
    name: 'offbeat_lateness_minutes',
    help: 'Lateness of scheduled runs whose tick is known for sure, by repository number.',
    labelNames: ['repository'],
    buckets: LATENESS_MINUTES,
    registers,
  });
  const missed = new Counter({
    name: 'offbeat_missed_ticks_total',
    help: 'Ticks that left no run.',
    registers,
  });
  const doubted = new Counter({
    name: 'offbeat_doubted_moves_total',
    help: 'Moves refused because a second cron engine expects other ticks.',
    registers,
  });
  const decisions = new Counter({
    name: 'offbeat_decisions_total',
    help: 'Planning rounds recorded, by what asked for them and whether they move anything.',
    labelNames: ['trigger', 'moves'],
    registers,
  });
  const gates = new Counter({
    name: 'offbeat_gates_held_total',
    help: 'Decisions held back, by gate.',
    labelNames: ['gate'],
    registers,
  });
  const proposals = new Counter({
    name: 'offbeat_proposals_total',
    help: 'Changes of proposals, by the state they came to.',
    labelNames: ['state'],
    registers,
  });
  const verdicts = new Counter({
    name: 'offbeat_verdicts_total',
    help: 'Final verdicts on merged proposals.',
    labelNames: ['verdict'],
    registers,
  });
  const store = new Histogram({
    name: 'offbeat_store_seconds',
    help: 'Time that the store takes, by call.',
    labelNames: ['call'],
    buckets: SHORT_SECONDS,
    registers,
  });
  const calls = new Histogram({
    name: 'offbeat_github_request_seconds',
    help: 'Requests to GitHub, by method and class of status.',
    labelNames: ['method', 'status'],
    buckets: JOB_SECONDS,
    registers,
  });
  const remaining = new Gauge({
    name: 'offbeat_github_rate_limit_remaining',
    help: 'Calls that GitHub leaves an installation in this hour, as last heard.',
    labelNames: ['installation'],
    registers,
  });
  const alerts = watchAlerts(registers);
  const repositoryLabel = boundedLabel(OWN_SERIES);
  const installationLabel = boundedLabel(OWN_SERIES);
  const gateLabel = boundedLabel(OWN_SERIES);

  return {
    /** A delivery was handled, or failed. */
    handled: (event: string, outcome: 'done' | 'failed', seconds: number) =>
      jobs.observe({ event, outcome }, seconds),
    learned(
      repositoryId: number,
      { relativeError, insideInterval, latenessMinutes, missedTicks }: LearnedRun,
    ): void {
      if (relativeError !== null) errors.observe(relativeError);
      if (insideInterval !== null) inside.inc({ inside: String(insideInterval) });
      if (latenessMinutes !== null) {
        lateness.observe({ repository: repositoryLabel(String(repositoryId)) }, latenessMinutes);
      }
      if (missedTicks > 0) missed.inc(missedTicks);
    },
    /** A move was refused because two cron engines disagree on its ticks. */
    doubtedMove: () => doubted.inc(),
    /** The store has applied a change of a repository. */
    changed(repositoryId: number, change: RepositoryChange): void {
      const { decisions: decided = [], proposals: changed = [], care } = change;
      if (care !== undefined) alerts.set(repositoryId, care.alerts ?? []);
      for (const { trigger, schedules, gates: results } of decided) {
        const moves = schedules.some(({ outcome }) => outcome === 'move');
        decisions.inc({ trigger, moves: moves ? 'some' : 'none' });
        for (const { gate, passed } of results) if (!passed) gates.inc({ gate: gateLabel(gate) });
      }
      for (const { state } of changed) {
        proposals.inc({ state });
        if (VERDICTS.has(state)) verdicts.inc({ verdict: state });
      }
    },
    /** A call of the store has ended after so many seconds. */
    stored: (call: 'load' | 'apply', seconds: number) => store.observe({ call }, seconds),
    /** GitHub has answered, or not. */
    asked({ method, status, seconds, installationId, remaining: left }: GitHubCall): void {
      const labels = {
        method: METHODS.has(method) ? method : 'other',
        status: status === 0 ? 'none' : `${Math.floor(status / 100)}xx`,
      };
      calls.observe(labels, seconds);
      if (left !== null && installationId !== null) {
        remaining.set({ installation: installationLabel(String(installationId)) }, left);
      }
    },
  };
}

/** The alerts that stand, as far as this process has seen them change since its start. */
function watchAlerts(registers: readonly Registry[]): Map<number, readonly Alert[]> {
  const known = new Map<number, readonly Alert[]>();
  new Gauge({
    name: 'offbeat_alerts',
    help: 'Alerts that stand, by severity and whether somebody has taken them on.',
    labelNames: ['severity', 'state'],
    registers: [...registers],
    collect() {
      const all = [...known.values()].flat();
      for (const severity of Severity.options) {
        for (const state of ['open', 'acknowledged'] as const) {
          const count = all.filter(
            (alert) => alert.severity === severity && alertStateOf(alert) === state,
          ).length;
          this.set({ severity, state }, count);
        }
      }
    },
  });
  return known;
}

export type WorkMetrics = ReturnType<typeof workMetrics>;
