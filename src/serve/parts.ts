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
import { createOwnWorkMeter, type ProcessFigures } from '../telemetry/own-work.ts';
import { guardedPlanner, storeBreaker } from './breakers.ts';
import type { ContextParts } from './contexts.ts';
import type { LinkedPerson } from './dashboard.ts';
import { createPlanner } from './planner.ts';

export interface ServerOptions {
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Logger;
  /** False for a process that handles deliveries which others accept, and answers only operators on its port. */
  readonly accepts?: boolean;
  /** The person whom a one-time link signs in. Only for the demo, which does not ask who somebody is. */
  readonly linked?: LinkedPerson;
  /** Clock and timer of requests to GitHub; the system's where left out. Set for an emulated GitHub, without limits. */
  readonly githubTime?: GuardTime;
  /** Clock compared with the times of GitHub's answers, to find a wrong machine clock; the system's where left out. */
  readonly machineClock?: Clock;
  /** Monotonic clock in ms that times own work; nothing is timed where it is left out. */
  readonly stopwatch?: () => number;
  /** What own work is a share of; this process where left out. Set where time is played faster than it goes. */
  readonly ownProcess?: ProcessFigures;
  /** Timers of retries and timed work, on files; the system's where left out. */
  readonly waits?: Waits;
  /** Timers of the ticks of workflows; `waits` where left out. */
  readonly tickWaits?: Waits;
}

/** Processor time and uptime of this process. */
export const OWN_PROCESS: ProcessFigures = {
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

/** Makes the parts. Plans are cancelled when `stopping` is aborted; `onRun` is called with every run observed. */
export function createParts(
  { env, machineClock, log, githubTime, stopwatch, ownProcess = OWN_PROCESS }: ServerOptions,
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
    ...(stopwatch === undefined ? {} : { stopwatch, ownWork: createOwnWorkMeter(ownProcess) }),
    planning: guardedPlanner(createPlanner({ stopping })),
  };
}
