import { userInfo } from 'node:os';
import type { Clock } from '../clock.ts';
import { OffbeatError } from '../errors.ts';
import { createConfirmations, Reason } from '../usecases/confirmations.ts';
import type { ExpiringKeys, OperatorAudit } from '../usecases/ports.ts';

/** What `--why` says, else `otherwise`. Throws `usage-invalid` for a reason that the API would refuse too. */
export function reasonOf(given: string | undefined, otherwise: string): string {
  const reason = Reason.safeParse(given ?? otherwise);
  if (reason.success) return reason.data;
  const { minLength, maxLength } = Reason;
  throw new OffbeatError('usage-invalid', `A reason has ${minLength} to ${maxLength} characters.`, {
    where: '--why',
    fix: 'Say in a few words why, for whoever comes after.',
  });
}

/** Something that takes a one-time code before it is done. */
export interface Confirmable {
  readonly action: string;
  readonly why: string;
  /** The code that was given; `undefined` for none. */
  readonly confirm: string | undefined;
}

/**
 * Returns where `confirm` is the code that was made for exactly this action, reason and account of this machine; it is
 * then in the audit. Throws `usage-invalid` with a new code where it is not.
 */
export async function mustBeConfirmed(
  { expiringKeys, audit }: { readonly expiringKeys: ExpiringKeys; readonly audit: OperatorAudit },
  clock: Clock,
  { action, why, confirm }: Confirmable,
): Promise<void> {
  const by = userInfo().username;
  const what = `${by} ${action} ${why}`;
  const confirmations = createConfirmations(expiringKeys, clock);
  if (confirm === undefined || !(await confirmations.isConfirmed(what, confirm))) {
    const wrong = confirm === undefined ? '' : ' That is not the code, or it was used.';
    throw new OffbeatError('usage-invalid', `This has to be confirmed.${wrong}`, {
      fix: `Repeat it within ten minutes with --confirm ${await confirmations.codeFor(what)}.`,
    });
  }
  await audit.note({ at: clock.now(), action, by, why });
}
