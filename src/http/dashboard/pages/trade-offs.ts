import { html } from 'hono/html';
import type { Decision, ExtremePlan, ObjectiveTerms } from '../../../plan/decision.ts';
import { count, percent } from '../../../render/quantity.ts';
import { EMPTY, type Markup } from './markup.ts';

const WIDTH = 360;
const HEIGHT = 250;
const LEFT = 48;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 40;
/** Room beyond the largest figure. */
const HEADROOM = 1.08;
/** Marks nearer to each other than this would cover each other's names. */
const NAME_HEIGHT = 13;
/** Beyond this share of the width a name stands left of its mark. */
const LEFT_FROM = 0.6;
const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5] as const;
const MOST_LINES = 5;

interface Mark {
  readonly name: string;
  readonly terms: ObjectiveTerms;
  readonly moves: number;
  readonly tone: number;
}

/** What each plan aims at, and its place in the palette. */
const AIMS = {
  'least wait': { term: 'lateness', tone: 2 },
  'least overlap': { term: 'overlap', tone: 3 },
  'least cost': { term: 'cost', tone: 4 },
} as const satisfies Readonly<Record<ExtremePlan['aim'], { term: keyof ObjectiveTerms; tone: number }>>;
/** Smaller differences are not seen in whole per cent. */
const LEAST_STEP = 0.01;

/**
 * What the chosen plan gives up: waiting and overlap of today, of the plan, and of those that go further in one of
 * them. Nothing where no other plan does.
 */
export function tradeOffs({ terms, extremes, schedules }: Decision): Markup {
  const further = (extremes ?? []).filter((plan) => goesFurther(plan, terms.after));
  if (further.length === 0) return EMPTY;
  const moves = schedules.filter(({ outcome }) => outcome === 'move').length;
  const marks: readonly Mark[] = [
    { name: 'today', terms: terms.before, moves: 0, tone: 0 },
    { name: 'chosen', terms: terms.after, moves, tone: 1 },
    ...further.map((plan) => ({
      name: plan.aim,
      terms: plan.terms,
      moves: plan.moves.length,
      tone: AIMS[plan.aim].tone,
    })),
  ];
  const hasCost = marks.some(({ terms: { cost = 0 } }) => cost > 0);
  return html`<figure class="chart" id="trade-offs">
<figcaption><h2>What else could be had</h2><p>Plans that go furthest in one term, of as many moves at most and without
asking how sure these are. 100 % is today, or what is usual where today has less. Lower and further left is
better.</p></figcaption>
${isPlane(marks) ? html`<div class="drawing">${drawing(marks)}</div>` : EMPTY}
<ul class="legend">${marks.map(
    ({ name, terms: { lateness, overlap, cost = 0 }, moves: moved, tone }) =>
      html`<li class="dots t${tone}"><b>${name}</b>: waits ${percent(lateness)}, beside other runs ${percent(overlap)}${
        hasCost ? `, money ${percent(cost)}` : ''
      }${tone === 0 ? '' : `, ${count(moved, 'move')}`}</li>`,
  )}</ul>
</figure>`;
}

/** True where a plan is visibly better than the chosen one in the term that it aims at. */
function goesFurther({ aim, terms }: ExtremePlan, chosen: ObjectiveTerms): boolean {
  const { term } = AIMS[aim];
  return (chosen[term] ?? 0) - (terms[term] ?? 0) >= LEAST_STEP;
}

/** True where the plans differ in both terms; otherwise a drawing would show nothing. */
function isPlane(marks: readonly Mark[]): boolean {
  const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  return (
    spread(marks.map(({ terms }) => terms.lateness)) >= LEAST_STEP &&
    spread(marks.map(({ terms }) => terms.overlap)) >= LEAST_STEP
  );
}

function drawing(marks: readonly Mark[]): Markup {
  const largest = (read: (terms: ObjectiveTerms) => number): number =>
    Math.max(0.1, ...marks.map(({ terms }) => read(terms))) * HEADROOM;
  const [right, top] = [largest(({ lateness }) => lateness), largest(({ overlap }) => overlap)];
  const x = (value: number): number => LEFT + (value / right) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const bottom = HEIGHT - BOTTOM;
  return html`<svg class="square" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false">
<g class="grid">${lines(top).map(
    (value) => html`<path d="M${LEFT} ${place(y(value))}H${WIDTH - RIGHT}"/>
<text x="${LEFT - 6}" y="${place(y(value))}" dy=".32em" text-anchor="end">${percent(value)}</text>`,
  )}${lines(right).map(
    (value) => html`<path d="M${place(x(value))} ${TOP}V${bottom}"/>
<text x="${place(x(value))}" y="${bottom + 15}" text-anchor="middle">${percent(value)}</text>`,
  )}<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">waiting for GitHub</text>
<text x="4" y="${TOP - 3}">beside other runs</text></g>
${named(marks, x, y).map(({ mark, left, level, nameLevel }) => {
  const isRight = left > LEFT_FROM * WIDTH;
  const anchor = isRight ? 'end' : 'start';
  const nameAt = html`x="${place(left + (isRight ? -9 : 9))}" y="${place(nameLevel)}" dy=".32em"`;
  return html`<circle class="dots t${mark.tone}" cx="${place(left)}" cy="${place(level)}" r="5"/>
<text class="row" ${nameAt} text-anchor="${anchor}">${mark.name}</text>`;
})}
</svg>`;
}

/** The marks with the heights of their names, none over another. */
function named(marks: readonly Mark[], x: (value: number) => number, y: (value: number) => number) {
  // From the lowest up: what stands on the axis keeps its place, and nothing reaches below it.
  let last = Number.POSITIVE_INFINITY;
  return marks
    .map((mark) => ({ mark, left: x(mark.terms.lateness), level: y(mark.terms.overlap) }))
    .sort((one, other) => other.level - one.level)
    .map((one) => {
      last = Math.min(one.level, last - NAME_HEIGHT);
      return { ...one, nameLevel: last };
    });
}

function lines(top: number): readonly number[] {
  const step = STEPS.find((one) => top / one <= MOST_LINES) ?? 10;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, at) => at * step);
}

function place(value: number): string {
  return value.toFixed(1);
}
