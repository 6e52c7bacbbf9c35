import type { ConditionName } from '../../telemetry/conditions.ts';

/** What one look at the deployment has found. */
export interface Finding {
  readonly about: string;
  /** `skipped`: it could not be looked at, since something before it is wrong. */
  readonly state: 'ok' | 'warning' | 'failure' | 'skipped';
  /** What was found, in a sentence. */
  readonly what: string;
  /** What to do; absent where there is nothing to do. */
  readonly fix?: string;
  /** Of a failure: how a running server names it, where that is not `app-misconfigured`. */
  readonly reason?: ConditionName;
}

/** All is as it should be. */
export function fine(about: string, what: string): Finding {
  return { about, state: 'ok', what };
}

/** It works, and not as well as it might. */
export function warning(about: string, what: string, fix: string): Finding {
  return { about, state: 'warning', what, fix };
}

/** It does not work. */
export function failure(about: string, what: string, fix: string, reason?: ConditionName): Finding {
  return { about, state: 'failure', what, fix, ...(reason === undefined ? {} : { reason }) };
}

/** Not looked at. */
export function skipped(about: string, what: string): Finding {
  return { about, state: 'skipped', what };
}
