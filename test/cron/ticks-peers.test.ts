import { Cron as Croner } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CRON_PARSER } from '../../src/cron/cron-parser-peer.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { neverFires, nextTick } from '../../src/cron/ticks.ts';
import { sampled } from '../sampled.ts';
import { anyCron } from './arbitrary.ts';

const FROM = Date.UTC(2020, 0, 1);
const TO = Date.UTC(2040, 0, 1);
const instant = fc.integer({ min: FROM / 1000, max: TO / 1000 }).map((seconds) => seconds * 1000);

const MAXIMA = [59, 23, 31, 12, 6];

/** A value with a step, `5/15`, which GitHub documents, runs to the end of the field; croner refuses it. */
function withEnds(text: string): string {
  const fields = text.split(' ').map((field, index) => {
    const items = field.split(',').map((item) => item.replace(/^(\w+)\//, `$1-${MAXIMA[index]}/`));
    return items.join(',');
  });
  return fields.join(' ');
}

/** Two ticks in a row after `at`, or `null` where the library finds none. */
function cronerTicks(text: string, at: number): (number | null)[] {
  const job = new Croner(withEnds(text), { timezone: 'UTC', mode: '5-part', paused: true });
  const first = job.nextRun(new Date(at));
  const second = first === null ? null : job.nextRun(first);
  return [first?.getTime() ?? null, second?.getTime() ?? null];
}

function cronParserTicks(text: string, at: number): (number | null)[] {
  return [...CRON_PARSER.localTimes(parseCron(text), at, 2)];
}

function ourTicks(text: string, at: number): (number | null)[] {
  const cron = parseCron(text);
  const first = nextTick(cron, 'UTC', at);
  return [first, first === null ? null : nextTick(cron, 'UTC', first)];
}

// 100,000 crons in the long run. Seeds differ by block, so that a failure names a small block to run again.
const BLOCKS = [11, 23, 37, 41, 53, 67, 79, 83, 97, 101];
const RUNS_PER_BLOCK = sampled(10_000, 300);

describe('nextTick in UTC beside croner and cron-parser', () => {
  it.each(BLOCKS)('agrees with both on random crons, seed %i', (seed) => {
    fc.assert(
      fc.property(anyCron, instant, (text, at) => {
        const ours = ourTicks(text, at);
        expect(cronerTicks(text, at), `croner: ${text} after ${new Date(at).toISOString()}`).toEqual(ours);
        if (neverFires(parseCron(text))) return;
        expect(cronParserTicks(text, at), `cron-parser: ${text} after ${new Date(at).toISOString()}`).toEqual(
          ours,
        );
      }),
      { numRuns: RUNS_PER_BLOCK, seed },
    );
  });
});
