import type { Mode } from './proposal.ts';

export interface ModeSources {
  /** The operator's switch for the whole deployment. */
  readonly emergencyStop: boolean;
  /** What `/observe`, `/suggest` or `/pause` set last; `null` where nobody has used them. */
  readonly commanded: Mode | null;
  /** `mode` of the config file; `undefined` (or `null`) where the file has none. */
  readonly configured?: Exclude<Mode, 'stopped'> | null | undefined;
}

export interface EffectiveMode {
  readonly mode: Mode;
  /** A sentence for people: who or what has set it. */
  readonly why: string;
}

/**
 * The mode in force, by precedence: emergency stop, `/pause`, config file, command, and `observe` where none of
 * them is set. The App never switches to `suggest` by itself.
 */
export function effectiveMode({ emergencyStop, commanded, configured }: ModeSources): EffectiveMode {
  if (emergencyStop) {
    return { mode: 'stopped', why: 'The operator has stopped every repository (emergency stop).' };
  }
  if (commanded === 'pause') {
    return { mode: 'pause', why: 'A maintainer has paused this repository with `/pause`.' };
  }
  if (configured !== undefined && configured !== null) {
    return { mode: configured, why: `\`.github/offbeat.yml\` says \`mode: ${configured}\`.` };
  }
  if (commanded !== null) {
    return { mode: commanded, why: `A maintainer has asked for it with \`/${commanded}\`.` };
  }
  return { mode: 'observe', why: 'Nobody has chosen a mode, and `observe` is the default.' };
}
