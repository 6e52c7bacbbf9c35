import type { Output } from './output.ts';

/** Cells of the bar; what is left of a line holds the name and the figures. */
const BAR_CELLS = 24;

export interface ProgressLine {
  /** `all` is `null` where nobody knows how much there is. */
  readonly show: (done: number, all: number | null) => void;
  readonly clear: () => void;
}

/** One line at the foot of a terminal that tells how far long work has come; nothing at all in a pipe. */
export function progressLine({ status }: Output, name: string): ProgressLine {
  let shown = false;
  return {
    show(done, all) {
      if (status === undefined) return;
      shown = true;
      status(`${name} ${all === null || all === 0 ? String(done) : `${bar(done / all)} ${done}/${all}`}`);
    },
    clear() {
      if (shown) status?.('');
      shown = false;
    },
  };
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}`;
}
