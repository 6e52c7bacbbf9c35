import type { OnTimeState } from '../../on-time/state.ts';
import { effectiveMode } from '../../proposal/mode.ts';
import type { Context } from '../context.ts';
import type { RepositoryProfile } from '../ports.ts';

/** Whether Offbeat may start workflows. `watch`: ticks are only `observed`. `paused`: they are `held`. */
export type ServingMode =
  | { readonly kind: 'serve' }
  | { readonly kind: 'watch' | 'paused'; readonly why: string };

/**
 * Whether Offbeat may start workflows: stop, pause and observe mode overrule `on-time`, and `on-time-by` may name
 * another App. `appLogin` is `null` where that does not matter.
 */
export function servingModeOf(
  { emergencyStop }: Pick<Context, 'emergencyStop'>,
  { commandedMode }: Pick<RepositoryProfile, 'commandedMode'>,
  { configured }: Pick<OnTimeState, 'configured'>,
  appLogin: string | null,
): ServingMode {
  const { mode, why } = effectiveMode({
    emergencyStop,
    commanded: commandedMode,
    configured: configured.mode,
  });
  if (mode === 'stopped' || mode === 'pause') return { kind: 'paused', why };
  if (appLogin !== null && configured.by !== null && `${configured.by}[bot]` !== appLogin) {
    return { kind: 'watch', why: `\`on-time-by\` names another App, ${configured.by}.` };
  }
  return mode === 'suggest' ? { kind: 'serve' } : { kind: 'watch', why };
}
