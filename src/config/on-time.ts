import { MINUTE_MS } from '../time.ts';
import { parseSpan } from '../workflow/directive-values.ts';
import type { Schedule, WorkflowFile } from '../workflow/schedule.ts';
import type { Config, NetMode, OnTimeMode } from './config.ts';
import { rulesOfWorkflow } from './rules.ts';

/** The rules for starting one workflow file on time. */
export interface OnTimeRules {
  readonly mode: OnTimeMode;
  /** Where the mode was set; `null` where it was set nowhere, which means `off`. */
  readonly said: 'directive' | 'config' | 'command' | null;
  readonly net: NetMode;
  /** `null`: learned from GitHub's lateness. */
  readonly rescueAfterMs: number | null;
  /** `null`: half the period, at most 6 h. */
  readonly catchUpMs: number | null;
  /** Inputs that its runs are started with. */
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly manualServes: boolean;
  readonly failures: 'issue' | 'off';
}

/**
 * The rules of one file. The mode comes from a directive beside any of its crons, else from the workflow's rules in the
 * config, else from the config's general part, else from the last command. `schedules` are all schedules of the file,
 * those that were taken out of it and stand in the net included. The workflow that runs Offbeat itself is never on
 * time: Offbeat would have to run already to start it.
 */
export function onTimeRules(
  config: Config,
  path: string,
  {
    schedules,
    runsOffbeat,
    commanded,
  }: Pick<WorkflowFile, 'runsOffbeat'> & {
    readonly schedules: readonly Pick<Schedule, 'directives'>[];
    readonly commanded: OnTimeMode | null;
  },
): OnTimeRules {
  const own = rulesOfWorkflow(config, path);
  const isPunctual = schedules.some(({ directives }) => directives.punctual === true);
  const configured = own['on-time'] ?? config['on-time'];
  const [mode, said] = runsOffbeat
    ? (['off', null] as const)
    : isPunctual
      ? (['punctual', 'directive'] as const)
      : configured !== undefined
        ? ([configured, 'config'] as const)
        : commanded !== null
          ? ([commanded, 'command'] as const)
          : (['off', null] as const);
  return {
    mode,
    said,
    net: own.net ?? config.net ?? 'own',
    rescueAfterMs: spanMs(own['rescue-after'] ?? config['rescue-after']),
    catchUpMs: spanMs(own['catch-up-within'] ?? config['catch-up-within']),
    inputs: own['on-time-inputs'] ?? {},
    manualServes: own['manual-serves'] ?? config['manual-serves'] ?? false,
    failures: own.failures ?? config.failures ?? 'issue',
  };
}

/** Whether a configuration asks for any workflow to be started on time. */
export function saysOnTime(config: Config): boolean {
  const all = [config['on-time'], ...Object.values(config.workflows).map((rules) => rules['on-time'])];
  return all.some((mode) => mode !== undefined && mode !== 'off');
}

function spanMs(text: string | undefined): number | null {
  const minutes = parseSpan(text ?? '');
  return minutes === undefined ? null : minutes * MINUTE_MS;
}
