import { userInfo } from 'node:os';
import type { Clock } from '../clock.ts';
import { OffbeatError } from '../errors.ts';
import { createConfirmations } from '../usecases/confirmations.ts';
import type { ExpiringKeys, OperatorAudit } from '../usecases/ports.ts';

export interface Confirmable {
  readonly action: string;
  readonly why: string;
  /** The code that was given; `undefined` for none. */
  readonly confirm: string | undefined;
}

/**
 * Goes on where the code is the one that was made for exactly this, and writes it to the audit with the account of this
 * machine. Else throws `usage-invalid` with a new code.
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
