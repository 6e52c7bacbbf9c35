import type { Emulated } from '../../src/demo/emulator.ts';
import { asList, textAt } from '../../src/demo/json.ts';
import type { AuditEvent } from '../../src/proposal/audit.ts';
import { DAY_MS } from '../../src/time.ts';

/** An alarm of silence in a record, and whether GitHub has had a run for its tick. */
export interface SilenceAlarm {
  readonly file: string;
  /** As in the sentence: `2026-06-02 00:00`. */
  readonly tick: string;
  readonly isFalse: boolean;
}

const SENTENCE = /of `([^`]+)` is silent: no run has come for its tick of (\d{4}-\d\d-\d\d \d\d:\d\d) UTC/;
const PAGE = 100;

/**
 * The alarms of silence among what was recorded. One is false where GitHub has created a scheduled run of the file
 * between the tick and the alarm, delivered or not, or within a day of the tick: then it came, only later.
 */
export function silenceAlarms(
  { runs, repository }: Pick<Emulated, 'runs' | 'repository'>,
  events: readonly AuditEvent[],
): readonly SilenceAlarm[] {
  return events.flatMap(({ kind, at, what }) => {
    const [, file, tick] = SENTENCE.exec(what) ?? [];
    if (kind !== 'alarm' || file === undefined || tick === undefined) return [];
    const from = Date.parse(`${tick.replace(' ', 'T')}Z`);
    const until = Math.max(at, from + DAY_MS);
    const isFalse = createdRuns(runs, repository.fullName, file).some((one) => one >= from && one < until);
    return [{ file, tick, isFalse }];
  });
}

/** Creation (epoch ms) of every scheduled run of a file that GitHub has had. */
function createdRuns(runs: Emulated['runs'], repository: string, file: string): readonly number[] {
  const created: number[] = [];
  for (let page = 1; page <= PAGE; page += 1) {
    const query = new URLSearchParams({ event: 'schedule', per_page: String(PAGE), page: String(page) });
    const listed = asList(runs.list(repository, query, file).workflow_runs);
    created.push(...listed.map((run) => Date.parse(textAt(run, 'created_at'))));
    if (listed.length < PAGE) break;
  }
  return created;
}
