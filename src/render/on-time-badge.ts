import type { TickShares } from '../on-time/shares.ts';
import { percent } from './quantity.ts';

const LABEL = 'on time, 30 days';
const HEIGHT = 20;
/** Cells of the font in use are about this wide; the text is fitted into what they come to. */
const CHARACTER = 6.6;
const PADDING = 7;
/** White stands out from each of them at 4.5 : 1 at least. */
const COLOURS = {
  label: '#3d444d',
  good: '#1a7f37',
  fair: '#9a6700',
  poor: '#cf222e',
  none: '#59636e',
} as const;
const GOOD = 0.95;
const FAIR = 0.8;

/** A picture (SVG) of the share of ticks that started within five minutes. It holds nothing but figures. */
export function onTimeBadge(shares: Pick<TickShares, 'ticks' | 'onTime'>): string {
  const { ticks, onTime } = shares;
  const value = ticks === 0 ? 'no tick yet' : percent(onTime / ticks);
  const said = `${LABEL}: ${value}`;
  const left = widthOf(LABEL);
  const right = widthOf(value);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" ` +
      `aria-label="${said}">`,
    `<title>${said}</title>`,
    `<rect width="${left}" height="${HEIGHT}" fill="${COLOURS.label}"/>`,
    `<rect x="${left}" width="${right}" height="${HEIGHT}" fill="${colourOf(shares)}"/>`,
    '<g fill="#ffffff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" text-anchor="middle">',
    textIn(LABEL, left / 2, left),
    textIn(value, left + right / 2, right),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function colourOf({ ticks, onTime }: Pick<TickShares, 'ticks' | 'onTime'>): string {
  if (ticks === 0) return COLOURS.none;
  const share = onTime / ticks;
  return share >= GOOD ? COLOURS.good : share >= FAIR ? COLOURS.fair : COLOURS.poor;
}

function widthOf(text: string): number {
  return Math.ceil(text.length * CHARACTER) + 2 * PADDING;
}

function textIn(text: string, centre: number, width: number): string {
  return (
    `<text x="${centre}" y="14" textLength="${width - 2 * PADDING}" ` +
    `lengthAdjust="spacingAndGlyphs">${text}</text>`
  );
}
