import { seededRandom } from '../plan/random.ts';
import { HOUR_MS } from '../time.ts';
import type { SettableClock } from './clock.ts';
import type { HistoryEvent } from './history.ts';
import { hookHeaders } from './hook-deliveries.ts';
import { HookPipe } from './hook-pipe.ts';
import { asJson, type Json } from './json.ts';
import { jobView, type PayloadContext, runView, workflowJobPayload, workflowRunPayload } from './payloads.ts';
import { hexadecimal } from './random.ts';
import type { RunRegistry } from './run-registry.ts';
import { wholeAnswer } from './whole-answers.ts';

/** The receiver catches up at least this often in the replay's own time, so that its clock is no further off. */
const CATCH_UP_EVERY_MS = 12 * HOUR_MS;

export interface ReplayOptions {
  readonly events: readonly HistoryEvent[];
  /** Where the App takes webhooks. */
  readonly url: string;
  readonly secret: string;
  readonly context: PayloadContext;
  readonly clock: SettableClock;
  /** Resolves when the receiver has worked off what it took. */
  readonly idle: () => Promise<void>;
  readonly runs?: RunRegistry;
  readonly onProgress?: (sent: number, total: number, at: number) => void;
}

/** Sends a history as signed webhooks, in order, and sets the clock to each event's time before it goes out. */
export async function replay(
  options: ReplayOptions,
): Promise<{ readonly sent: number; readonly seconds: number }> {
  const started = performance.now();
  let pipe = new HookPipe(options.url);
  const guids = seededRandom(options.events.length);
  const answers: Promise<void>[] = [];
  let refused: Error | undefined;
  let caughtUpAt = options.events[0]?.at ?? 0;
  let sent = 0;
  try {
    for (const event of options.events) {
      if (event.at - caughtUpAt >= CATCH_UP_EVERY_MS) {
        await Promise.all(answers.splice(0));
        if (refused !== undefined) throw refused;
        // While the receiver works it may close a connection that nothing comes over.
        pipe.close();
        await options.idle();
        pipe = new HookPipe(options.url);
        caughtUpAt = event.at;
      }
      options.clock.set(event.at);
      record(options, event);
      const { name, payload } = webhookOf(event, options.context);
      const body = JSON.stringify(payload);
      const guid = hexadecimal(guids, 32);
      const { answered } = await pipe.send(
        hookHeaders({ event: name, guid, body, secret: options.secret }),
        body,
      );
      answers.push(
        answered.then(
          (status) => {
            if (status < 200 || status >= 300)
              refused ??= new Error(`The App answered ${status} to a ${name} webhook.`);
          },
          (error: unknown) => {
            refused ??= error instanceof Error ? error : new Error(String(error));
          },
        ),
      );
      sent += 1;
      options.onProgress?.(sent, options.events.length, event.at);
    }
    await Promise.all(answers);
    if (refused !== undefined) throw refused;
    await options.idle();
  } finally {
    pipe.close();
  }
  return { sent, seconds: (performance.now() - started) / 1000 };
}

/** The webhook that tells of an event. */
export function webhookOf(
  event: HistoryEvent,
  context: PayloadContext,
): { readonly name: string; readonly payload: Json } {
  const whole = (payload: Json): Json => asJson(wholeAnswer(payload, context.apiUrl));
  return event.kind === 'job'
    ? { name: 'workflow_job', payload: whole(workflowJobPayload(event.run, event.job, context)) }
    : { name: 'workflow_run', payload: whole(workflowRunPayload(event.kind, event.run, context)) };
}

/** Keeps what the API would list of the run. */
function record({ runs, context }: ReplayOptions, event: HistoryEvent): void {
  if (event.kind !== 'completed') return;
  const jobs = event.run.jobs.map((job) => jobView(event.run, job, context));
  runs?.record(runView('completed', event.run, context), jobs);
}
