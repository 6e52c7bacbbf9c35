import type { Logger } from 'pino';
import type { Probot } from 'probot';
import type { Clock, Waits } from '../clock.ts';
import { type Env, GITHUB_TIMEOUT_SECONDS } from '../env.ts';
import { createAbsences } from '../github/absences.ts';
import { createClockReadings } from '../github/clock-readings.ts';
import { type AppGitHub, createGitHub, type OnClient } from '../github/connect.ts';
import { createGuard, type Guard, type GuardTime } from '../github/guard.ts';
import { measureClient } from '../github/measured-client.ts';
import { appAuthentication, createProbot } from '../github/probot.ts';
import { createChanges } from '../http/dashboard/changes.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createOwnWorkMeter } from '../telemetry/own-work.ts';
import { guardedPlanner, storeBreaker } from './breakers.ts';
import type { ContextParts } from './contexts.ts';
import type { LinkedPerson } from './dashboard.ts';
import { createPlanner } from './planner.ts';

export interface ServerOptions {
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Logger;
  /** False: works on what others accept, and answers on its port only to operators. */
  readonly accepts?: boolean;
  /** Signs this person in by a link that is good once. The demo's alone: it asks nobody who they are. */
  readonly linked?: LinkedPerson;
  /**
   * By what requests to GitHub wait; the machine's own time where left out. For an emulated GitHub, which has no
   * limits.
   */
  readonly githubTime?: GuardTime;
  /**
   * With which the times of GitHub's answers are compared; the system's where left out. For a machine whose clock is
   * wrong.
   */
  readonly machineClock?: Clock;
  /** Milliseconds by a clock that only rises, to time own work; nothing is timed where it is left out. */
  readonly stopwatch?: () => number;
  /** By what tries of deliveries and timed work wait, on files; the machine's own time where left out. */
  readonly waits?: Waits;
  /** By what ticks of workflows are waited for; as `waits` where left out. */
  readonly tickWaits?: Waits;
}

/** This process, as the machine tells of it. */
const OWN_PROCESS = {
  processorSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  uptimeSeconds: () => process.uptime(),
};

/** The parts that need no storage. */
export interface Parts extends ContextParts {
  readonly guard: Guard;
  readonly github: AppGitHub;
  readonly probot: Probot;
}

/** Makes the parts; plans are given up when `stopping` is aborted, and `onRun` hears of every run that is observed. */
export function createParts(
  { env, machineClock, log, githubTime, stopwatch }: ServerOptions,
  stopping: AbortSignal,
  onRun: NonNullable<Parts['onRun']>,
): Parts {
  const metrics = createMetrics();
  const probot = createProbot({
    appId: env.appId,
    privateKey: env.privateKey,
    secret: env.secrets[0],
    baseUrl: env.githubApiUrl,
    timeoutMs: (env.githubTimeoutSeconds ?? GITHUB_TIMEOUT_SECONDS) * 1_000,
    log,
  });
  const measure: OnClient = ({ hook }, installationId) => {
    if (hook === undefined) return;
    measureClient(hook, ({ route, ...call }) => {
      metrics.asked({ ...call, installationId });
      log.debug({ method: call.method, route, status: call.status }, 'GitHub has answered');
    });
  };
  const guard = createGuard(githubTime);
  const github = createGitHub(
    appAuthentication(probot, githubTime),
    measure,
    guard,
    createAbsences(githubTime?.now),
    createClockReadings(machineClock?.now, githubTime?.now),
  );
  return {
    env,
    guard,
    probot,
    github,
    metrics,
    changes: createChanges(),
    breaker: storeBreaker(),
    onRun,
    ...(stopwatch === undefined ? {} : { stopwatch, ownWork: createOwnWorkMeter(OWN_PROCESS) }),
    planning: guardedPlanner(createPlanner({ stopping })),
  };
}
