import fc from 'fast-check';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MINUTE: Range = { min: 0, max: 59 };
const HOUR: Range = { min: 0, max: 23 };
const DATE: Range = { min: 1, max: 31 };
const MONTH: Range = {
  min: 1,
  max: 12,
  names: ['Jan', 'FEB', 'mar', 'APR', 'may', 'JUN', 'jul', 'AUG', 'sep', 'OCT', 'nov', 'DEC'],
};
const WEEKDAY: Range = { min: 0, max: 6, names: ['Sun', 'MON', 'tue', 'WED', 'thu', 'FRI', 'sat'] };

function value(range: Range): fc.Arbitrary<string> {
  const number = fc.integer({ min: range.min, max: range.max });
  const { names } = range;
  if (names === undefined) return number.map(String);
  return fc
    .tuple(number, fc.boolean())
    .map(([n, named]) => (named ? (names[n - range.min] ?? '') : String(n)));
}

function span(range: Range): fc.Arbitrary<string> {
  return fc
    .tuple(fc.integer({ min: range.min, max: range.max }), fc.integer({ min: range.min, max: range.max }))
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
}

function item(range: Range): fc.Arbitrary<string> {
  const step = fc.integer({ min: 1, max: range.max });
  return fc.oneof(
    { arbitrary: value(range), weight: 4 },
    { arbitrary: span(range), weight: 2 },
    { arbitrary: step.map((n) => `*/${n}`), weight: 2 },
    { arbitrary: fc.tuple(span(range), step).map(([s, n]) => `${s}/${n}`), weight: 1 },
    { arbitrary: fc.tuple(value(range), step).map(([v, n]) => `${v}/${n}`), weight: 1 },
  );
}

function field(range: Range, starWeight: number): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constant('*'), weight: starWeight },
    { arbitrary: item(range), weight: 6 },
    {
      arbitrary: fc.array(item(range), { minLength: 2, maxLength: 4 }).map((items) => items.join(',')),
      weight: 2,
    },
  );
}

/** Crons over the whole grammar; days and months are free in about half of them, as in real ones. */
export const anyCron: fc.Arbitrary<string> = fc
  .tuple(field(MINUTE, 1), field(HOUR, 3), field(DATE, 16), field(MONTH, 16), field(WEEKDAY, 12))
  .map((fields) => fields.join(' '));

/** Crons as people write them. */
export const plainCron: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('0', '30', '17', '*/15', '*/20', '0,30', '5,20', '7-59/10', '*/7', '0-20/10'),
    fc.constantFrom('*', '3', '0', '23', '*/6', '1-23/4', '9,17', '9-17', '*/5', '2,3', '12'),
    fc.constantFrom('*', '*', '*', '1', '1,15', '29', '*/2', '31'),
    fc.constantFrom('*', '*', '*', '2', '1-6', '*/3'),
    fc.constantFrom('*', '*', '*', '1-5', '0', 'SAT,SUN', '1,4', 'MON'),
  )
  .map((fields) => fields.join(' '));
