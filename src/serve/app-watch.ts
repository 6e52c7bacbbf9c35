import type { Log } from '../log.ts';
import type { Condition } from '../telemetry/conditions.ts';
import type { Finding } from './doctor/finding.ts';

/** How often GitHub is asked again what it thinks of the App: a key that was revoked shows within minutes. */
const LOOK_EVERY_MS = 5 * 60_000;

export interface AppWatch {
  /** What GitHub has against the App, as last seen. */
  conditions(): readonly Condition[];
  stop(): void;
}

/**
 * Asks GitHub at the start, and every few minutes, what `offbeat doctor` asks, and logs what is new. The start does not
 * wait for the answer: deliveries are accepted whatever GitHub says.
 */
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
      if (known.length > 0 && found.length === 0) log.info({}, 'GitHub has nothing against the App any more');
      known = found;
    } catch (error) {
      log.warn({ err: error }, 'What GitHub thinks of the App could not be looked at');
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

/**
 * What the requests of the work have met since: credentials that GitHub did not accept. `null` stands for the App
 * itself.
 */
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
