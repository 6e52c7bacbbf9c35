import { DAY_MS } from '../time.ts';

const BAR_CELLS = 40;
/** Redrawing more often than this is not seen, only paid for. */
const REDRAW_EVERY_MS = 80;
/** Without a terminal, one line at each of these shares. */
const QUIET_STEPS = [0.25, 0.5, 0.75, 1];

interface ProgressOptions {
  readonly out: { write(text: string): unknown };
  /** True where the line can be drawn over. */
  readonly color: boolean;
  readonly indent: string;
  /** First instant of the history, epoch ms, and its length. */
  readonly from: number;
  readonly days: number;
}

/** A bar that fills as the history is told; a few plain lines where the output is no terminal. */
export function drawProgress({ out, color, indent, from, days }: ProgressOptions) {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let step = 0;
  const line = (share: number, at: number): string => {
    const full = Math.round(share * BAR_CELLS);
    const day = Math.min(days, Math.floor((at - from) / DAY_MS) + 1);
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    return `${indent}${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${percent}   day ${day} of ${days}`;
  };
  return {
    update(sent: number, total: number, at: number): void {
      const share = sent / total;
      if (!color) {
        if (share < (QUIET_STEPS[step] ?? Number.POSITIVE_INFINITY)) return;
        step += 1;
        out.write(`${line(share, at)}\n`);
        return;
      }
      const now = performance.now();
      if (now - drawnAt < REDRAW_EVERY_MS && sent < total) return;
      drawnAt = now;
      out.write(`\r${line(share, at)}`);
    },
    end(): void {
      if (color) out.write('\n');
    },
  };
}
