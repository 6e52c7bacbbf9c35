import type { Output } from './output.ts';

/** Cells of the bar. The rest of the line holds name and figures. */
const BAR_CELLS = 24;

export interface ProgressLine {
  /** `all` is `null` where the total is not known. */
  readonly show: (done: number, all: number | null) => void;
  readonly clear: () => void;
}

/** A progress line at the foot of a terminal; does nothing in a pipe. */
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
