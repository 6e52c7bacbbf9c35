import type { Background } from '../../forecast/background.ts';
import type { LearnedChange } from '../../forecast/learned-change.ts';
import type { StrategyPopulation } from '../../strategy/strategy.ts';
import type { RepositoryChange } from '../../usecases/ports.ts';
import { onTimeAfter } from '../apply-change.ts';
import type { KeptRepository } from '../kept-repository.ts';

/**
 * A change as the journal holds it. Most runs change a small part of two large values, the population and the
 * background: only their new parts are written. A record holds the values after the change, so that it can be applied
 * although an earlier record was lost.
 */
export interface RecordedChange extends Omit<RepositoryChange, 'learned' | 'population' | 'onTimeBefore'> {
  readonly population?: Partial<StrategyPopulation>;
  readonly learned?: RecordedLearning;
}

interface RecordedLearning extends Omit<LearnedChange, 'background'> {
  readonly background?: Partial<Omit<Background, 'week'>>;
  /** The changed elements of the background's `week`, by index. */
  readonly week?: Readonly<Record<number, number>>;
}

export function recordedChange(
  change: RepositoryChange,
  before: Pick<KeptRepository, 'population' | 'learned' | 'onTime'> | undefined,
): RecordedChange {
  const { population, learned, onTime, onTimeBefore: _onTimeBefore, ...rest } = change;
  return {
    ...rest,
    ...(onTime !== undefined && { onTime: onTimeAfter(before?.onTime ?? null, change) }),
    ...(population && { population: newFields(population, before?.population) }),
    ...(learned && { learned: recordedLearning(learned, before?.learned.background) }),
  };
}

/** The change to `before` that a record holds. */
export function changeFrom(
  { population, learned, ...change }: RecordedChange,
  before: Pick<KeptRepository, 'population' | 'learned'>,
): RepositoryChange {
  return {
    ...change,
    ...(population && { population: { ...before.population, ...population } }),
    ...(learned && { learned: learnedFrom(learned, before.learned.background) }),
  };
}

function recordedLearning(
  { background, ...change }: LearnedChange,
  before: Background | undefined,
): RecordedLearning {
  if (background === undefined) return change;
  const { week, ...fields } = newFields(background, before);
  return {
    ...change,
    background: fields,
    ...(week && { week: newPlaces(week, before?.week ?? []) }),
  };
}

function learnedFrom({ background, week, ...change }: RecordedLearning, before: Background): LearnedChange {
  if (background === undefined) return change;
  return {
    ...change,
    background: {
      ...before,
      ...background,
      week: week ? Object.assign([...before.week], week) : before.week,
    },
  };
}

/** Values share the parts they have in common: a field that is the same object is unchanged. */
function newFields<T extends object>(after: T, before: T | undefined): Partial<T> {
  const known: Readonly<Record<string, unknown>> = { ...before };
  const fields = Object.entries(after).filter(([name, value]) => known[name] !== value);
  return Object.fromEntries(fields) as Partial<T>;
}

function newPlaces(after: readonly number[], before: readonly number[]): Readonly<Record<number, number>> {
  const places: Record<number, number> = {};
  for (const [place, value] of after.entries()) {
    if (before[place] !== value) places[place] = value;
  }
  return places;
}
