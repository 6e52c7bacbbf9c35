import type { OnTimeState } from '../../on-time/state.ts';
import { effectiveMode } from '../../proposal/mode.ts';
import type { Context } from '../context.ts';
import type { RepositoryProfile } from '../ports.ts';

/** Whether workflows may be started here. `watch`: what would have been done is recorded. `rest`: nothing is. */
export type Standing = { readonly kind: 'serve' } | { readonly kind: 'watch' | 'rest'; readonly why: string };

/**
 * Whether workflows may be started: the operator's stop, `/pause` and observe mode stand above every wish, and another
 * App may have been named. `appLogin` is `null` where that is not looked at.
 */
export function standingOf(
  { emergencyStop }: Pick<Context, 'emergencyStop'>,
  { commandedMode }: Pick<RepositoryProfile, 'commandedMode'>,
  { configured }: Pick<OnTimeState, 'configured'>,
  appLogin: string | null,
): Standing {
  const { mode, why } = effectiveMode({
    emergencyStop,
    commanded: commandedMode,
    configured: configured.mode,
  });
  if (mode === 'stopped' || mode === 'pause') return { kind: 'rest', why };
  if (appLogin !== null && configured.by !== null && `${configured.by}[bot]` !== appLogin) {
    return { kind: 'watch', why: `\`on-time-by\` names another App, ${configured.by}.` };
  }
  return mode === 'suggest' ? { kind: 'serve' } : { kind: 'watch', why };
}
