import type { Mode } from './proposal.ts';

export interface ModeSources {
  /** The operator's switch for the whole deployment. */
  readonly emergencyStop: boolean;
  /** The mode that `/observe`, `/suggest`, `/pause` or the operator set last; `null` where nobody has. */
  readonly commanded: Mode | null;
  /** Whether the operator has set that, and no maintainer. */
  readonly byOperator?: boolean | undefined;
  /** `mode` of the config file; `undefined` (or `null`) where the file has none. */
  readonly configured?: Exclude<Mode, 'stopped'> | null | undefined;
}

export interface EffectiveMode {
  readonly mode: Mode;
  /** A sentence for people: who or what has set it. */
  readonly why: string;
}

/** The mode in force: emergency stop, `/pause`, config file, command, else `observe`. */
export function effectiveMode({
  emergencyStop,
  commanded,
  byOperator = false,
  configured,
}: ModeSources): EffectiveMode {
  if (emergencyStop) {
    return { mode: 'stopped', why: 'The operator has stopped every repository (emergency stop).' };
  }
  if (commanded === 'pause') {
    return {
      mode: 'pause',
      why: byOperator
        ? 'The operator has paused this repository.'
        : 'A maintainer has paused this repository with `/pause`.',
    };
  }
  if (configured !== undefined && configured !== null) {
    return { mode: configured, why: `\`.github/offbeat.yml\` says \`mode: ${configured}\`.` };
  }
  if (commanded !== null) {
    return {
      mode: commanded,
      why: byOperator
        ? 'The operator has chosen it for this repository.'
        : `A maintainer has asked for it with \`/${commanded}\`.`,
    };
  }
  return { mode: 'observe', why: 'Nobody has chosen a mode, and `observe` is the default.' };
}
