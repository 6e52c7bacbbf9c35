import { OffbeatError } from '../../errors.ts';
import { audited } from '../../proposal/audit.ts';
import { MINUTE_MS, utcDate } from '../../time.ts';
import { parseSpan } from '../../workflow/directive-values.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';

/** For longer than this, another mode is the right answer. */
const LONGEST_DAYS = 365;

/** No proposal for a span such as `30d`, or `off`; gives the end (epoch ms) or `null`. Throws `command-invalid`. */
export async function snooze(
  context: Context,
  repositoryId: number,
  wish: { readonly span: string; readonly by: string | null },
): Promise<number | null> {
  const { care } = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const until = untilOf(wish.span, now);
  const what = until === null ? 'Proposals are welcome again.' : `No proposal until ${utcDate(until)}.`;
  await context.store.apply(repositoryId, {
    care: { ...care, snoozedUntil: until },
    auditEvents: [audited('wish', now, wish.by, what)],
  });
  return until;
}

function untilOf(span: string, now: number): number | null {
  if (span === 'off') return null;
  const minutes = parseSpan(span);
  if (minutes === undefined || minutes === 0 || minutes > LONGEST_DAYS * 1440) {
    throw new OffbeatError('command-invalid', `"${span}" is no span of at most ${LONGEST_DAYS} days.`, {
      fix: 'Write a number and m, h or d, for example `30d`, or `off`.',
    });
  }
  return now + minutes * MINUTE_MS;
}
