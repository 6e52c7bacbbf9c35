import type { ServedTick, Twin } from './served-tick.ts';

/** The fate of a tick's twin: cancelled only while none of its jobs has begun a step, and never by force. */
export function twinFate(
  { progress }: Pick<ServedTick, 'progress'>,
  { hasBegun, mayCancel }: { readonly hasBegun: boolean; readonly mayCancel: boolean },
): Twin['fate'] {
  switch (progress.state) {
    case 'intent':
    case 'asked':
      return hasBegun ? 'left' : 'waiting';
    case 'lost':
    case 'failed':
    case 'due':
    case 'skipped':
      return 'adopted';
    case 'seen':
    case 'running':
    case 'done':
      return hasBegun || !mayCancel ? 'left' : 'cancelled';
  }
}

/** Whether a twin's fate has to be decided anew, since Offbeat's own run has come or has failed meanwhile. */
export function isTwinUndecided({ progress, twin }: Pick<ServedTick, 'progress' | 'twin'>): boolean {
  if (twin === null) return false;
  if (twin.fate === 'waiting') return progress.state !== 'intent' && progress.state !== 'asked';
  return twin.fate === 'left' && (progress.state === 'failed' || progress.state === 'lost');
}
