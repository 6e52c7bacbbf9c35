import type { ConditionName } from '../../telemetry/conditions.ts';

/** The result of one check of the deployment. */
export interface Finding {
  readonly about: string;
  /** `skipped`: not checked, as an earlier check has failed. */
  readonly state: 'ok' | 'warning' | 'failure' | 'skipped';
  /** The result, in a sentence. */
  readonly what: string;
  /** The remedy; left out where none is needed. */
  readonly fix?: string;
  /** For a failure: the name of its condition in a running server, where that is not `app-misconfigured`. */
  readonly reason?: ConditionName;
}

/** A check that found no fault. */
export function fine(about: string, what: string): Finding {
  return { about, state: 'ok', what };
}

/** A check that found a fault which does not stop the App. */
export function warning(about: string, what: string, fix: string): Finding {
  return { about, state: 'warning', what, fix };
}

/** A check that found a fault which stops the App or a part of it. */
export function failure(about: string, what: string, fix: string, reason?: ConditionName): Finding {
  return { about, state: 'failure', what, fix, ...(reason === undefined ? {} : { reason }) };
}

/** A check that was not made. */
export function skipped(about: string, what: string): Finding {
  return { about, state: 'skipped', what };
}

/** What an error says, without the lines that a library adds below. */
export function firstLineOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'unknown';
}
