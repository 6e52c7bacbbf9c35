import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedLog } from '../../src/store/packed-log.ts';
import type { LearningEvent } from '../../src/strategy/strategy.ts';

const GENES = { success_weight: 0.5, failure_penalty: 0.3, recency_bias: 0.2, exploration_rate: 0.1 };

const someEvent: fc.Arbitrary<LearningEvent> = fc.record({
  at: fc.integer({ min: 0 }),
  kind: fc.constantFrom('created' as const, 'adapted' as const, 'refused' as const),
  strategy: fc.string(),
  before: fc.constantFrom(GENES, null),
  after: fc.constantFrom(GENES, null),
  why: fc.string(),
});

/** Enough for several packed chunks. */
const batches = fc.array(fc.array(someEvent, { maxLength: 50 }), { maxLength: 8 });
const place = fc.integer({ min: -400, max: 400 });

describe('a packed log', () => {
  it('is what a list of the same events is', () => {
    fc.assert(
      fc.property(batches, place, place, (all, from, to) => {
        const list = all.flat();
        const log = all.reduce((packed, events) => packed.with(events), PackedLog.empty);
        expect(log).toHaveLength(list.length);
        expect([...log]).toEqual(list);
        expect(log.slice(from, to)).toEqual(list.slice(from, to));
        expect(log.filter(({ before }) => before === null)).toEqual(
          list.filter(({ before }) => before === null),
        );
        expect(JSON.parse(log.toText())).toEqual(list);
        const { chunks, newest } = log.split();
        expect([...PackedLog.joined(chunks, newest)]).toEqual(list);
      }),
      { numRuns: 100 },
    );
  });

  it('gives up its oldest', () => {
    fc.assert(
      fc.property(batches, fc.nat({ max: 400 }), (all, count) => {
        const log = PackedLog.of(all.flat());
        expect([...log.withoutOldest(count)]).toEqual(all.flat().slice(count));
        expect([...log]).toEqual(all.flat());
      }),
      { numRuns: 100 },
    );
  });

  it('takes a tenth of the room of its JSON where events are alike', () => {
    const events = Array.from(
      { length: 320 },
      (_, index): LearningEvent => ({
        at: 1_700_000_000_000 + 60_000 * index,
        kind: 'adapted',
        strategy: 'default',
        before: GENES,
        after: { ...GENES, success_weight: 0.5 + index / 1_000 },
        why: `After reward 1.0 (usually 0.4), a stable record: success_weight ${0.5 + index / 1_000}.`,
      }),
    );
    const { chunks } = PackedLog.of(events).split();
    const packed = PackedLog.joined(chunks, PackedLog.empty.split().newest);
    expect(packed.bytes).toBeLessThan(JSON.stringify(packed).length / 10);
  });
});
