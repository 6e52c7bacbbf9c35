import { saysSuspended } from '../../on-time/answer.ts';
import { type Hold, holdAfter } from '../../on-time/hold.ts';
import type { OnTimeState } from '../../on-time/state.ts';
import { audited } from '../../proposal/audit.ts';
import type { RepositoryChange } from '../ports.ts';
import { isRefusal } from '../unless-refused.ts';
import { changeOnTime, type RepositoryAccess } from './work.ts';

/** Holds all workflows where GitHub has refused a read as the installation is suspended. Until when; else `null`. */
export async function holdIfSuspended(access: RepositoryAccess, error: unknown): Promise<number | null> {
  if (!isRefusal(error) || !saysSuspended(error.message)) return null;
  const sentence = error.message;
  const now = access.now();
  const until = await changeOnTime(access, (onTime) => {
    const before = onTime.files.find(({ hold }) => hold?.why === 'suspended')?.hold ?? null;
    const hold = holdAfter({ why: 'suspended', sentence }, before, { now, hasTrigger: true });
    return { change: holdAll(onTime, hold, before, now), value: hold.until };
  });
  return until ?? now;
}

/** The change that holds all workflows of a repository. The first of several such holds in a row goes on record. */
export function holdAll(onTime: OnTimeState, hold: Hold, before: Hold | null, at: number): RepositoryChange {
  const what = `No workflow is started on time until that is changed: ${hold.sentence}`;
  return {
    onTime: { ...onTime, files: onTime.files.map((file) => ({ ...file, hold })) },
    ...(before?.why === hold.why ? {} : { auditEvents: [audited('alarm', at, null, what)] }),
  };
}

/** Until when nothing is asked of GitHub as the installation is suspended, epoch ms; `null` where it is not. */
export function suspendedUntil({ files }: OnTimeState, now: number): number | null {
  const holds = files.flatMap(({ hold }) =>
    hold?.why === 'suspended' && now < hold.until ? hold.until : [],
  );
  return holds.length === 0 ? null : Math.max(...holds);
}
