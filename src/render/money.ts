import { percent } from './quantity.ts';

/** Minutes that are billed are counted, not spoken. */
export function billedMinutes(minutes: number): string {
  return `${minutes < 10 ? minutes.toFixed(1) : Math.round(minutes).toLocaleString('en-US')}\u00a0min`;
}

export function dollars(usd: number): string {
  const digits = usd < 1 ? 3 : 2;
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** How crowded runners are, in words with the figure: 1, and the share of jobs that wait longer than a minute. */
export function crowdingWords(crowding: number): string {
  return crowding < 1.01
    ? 'its runners are free'
    : `of the jobs there ${percent(crowding - 1)} wait over a minute`;
}
