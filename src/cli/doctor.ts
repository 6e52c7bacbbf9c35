import { styleText } from 'node:util';
import { examine } from '../serve/doctor/doctor.ts';
import type { Finding } from '../serve/doctor/finding.ts';
import { createLog } from '../telemetry/log.ts';
import type { CliContext } from './context.ts';
import { environmentOf } from './environment.ts';

const FOUND_FAILURE = 1;

const SIGNS: Readonly<Record<Finding['state'], string>> = {
  ok: '✓',
  warning: '!',
  failure: '✗',
  skipped: '–',
};
const STYLES = { ok: 'green', warning: 'yellow', failure: 'red', skipped: 'dim' } as const;

export interface DoctorOptions {
  readonly json?: boolean;
}

/** `offbeat doctor`: checks what a deployment needs, and says how to fix what is wrong. */
export async function doctor(options: DoctorOptions, context: CliContext): Promise<number> {
  const { output, clock } = context;
  const log = createLog({ level: 'silent' });
  const findings = await examine(await environmentOf(context), { clock, log });
  output.write(
    options.json === true ? JSON.stringify(findings, null, 2) : renderFindings(findings, output.color),
  );
  return findings.some(({ state }) => state === 'failure') ? FOUND_FAILURE : 0;
}

function renderFindings(findings: readonly Finding[], color: boolean): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  return findings
    .map(({ about, state, what, fix }) => {
      const sign = color ? styleText(STYLES[state], SIGNS[state], { validateStream: false }) : SIGNS[state];
      const remedy = fix === undefined ? '' : `\n${' '.repeat(width + 4)}${fix}`;
      return `${sign} ${about.padEnd(width)}  ${what}${remedy}`;
    })
    .join('\n');
}
