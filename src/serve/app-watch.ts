import type { Log } from '../log.ts';
import type { Condition } from '../telemetry/conditions.ts';
import { MINUTE_MS } from '../time.ts';
import type { Finding } from './doctor/finding.ts';

/** How often the App is checked with GitHub: a revoked key shows within minutes. */
const LOOK_EVERY_MS = 5 * MINUTE_MS;

export interface AppWatch {
  /** The faults of the App that the last check has found. */
  conditions(): readonly Condition[];
  stop(): void;
}

/** Makes `offbeat doctor`'s checks at the start, which does not wait, and every few minutes; logs new faults. */
export function watchApp(look: () => Promise<readonly Finding[]>, log: Log): AppWatch {
  let known: readonly Condition[] = [];
  let isLooking = false;
  const lookAgain = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const found = conditionsOf(await look());
      for (const { name, sentence } of found) {
        if (!known.some((before) => before.sentence === sentence)) log.error({ reason: name }, sentence);
      }
      if (known.length > 0 && found.length === 0) log.info({}, 'GitHub accepts the App again');
      known = found;
    } catch (error) {
      log.warn({ err: error }, 'The App could not be checked with GitHub');
    } finally {
      isLooking = false;
    }
  };
  void lookAgain();
  const timer = setInterval(() => void lookAgain(), LOOK_EVERY_MS);
  timer.unref();
  return { conditions: () => known, stop: () => clearInterval(timer) };
}

function conditionsOf(findings: readonly Finding[]): readonly Condition[] {
  return findings
    .filter(({ state }) => state === 'failure')
    .map(({ about, what, fix = '', reason = 'app-misconfigured' }) => ({
      name: reason,
      sentence: `${about}: ${what} ${fix}`.trim(),
    }));
}

/** A condition where GitHub refused credentials since the last check: installations', or the App's (`null`). */
export function credentialConditions(notAccepted: readonly (number | null)[]): readonly Condition[] {
  if (notAccepted.length === 0) return [];
  const whose = notAccepted.map((id) => (id === null ? 'the App' : `installation ${id}`)).join(', ');
  return [
    {
      name: 'app-refused',
      sentence:
        `credentials: GitHub does not accept those of ${whose}, so that work waits. See what \`offbeat ` +
        'doctor` says.',
    },
  ];
}
