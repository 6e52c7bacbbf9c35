import type { Clock } from '../clock.ts';
import { parseConfig } from '../config/parse.ts';
import { movesOf } from '../proposal/moves.ts';
import { renderCheck } from '../render/check.ts';
import { sarifLog } from '../render/sarif.ts';
import { wrapOutput } from '../render/wrap-output.ts';
import { offbeatVersion } from '../serve/version.ts';
import { decideByConvention } from '../usecases/planning/by-convention.ts';
import { editedFiles } from '../usecases/proposals/edited-files.ts';
import { aboutFiles, checkFiles } from '../usecases/questions/check-files.ts';
import { checkoutOf, localConfig, localConfigText, localSources } from './local-sources.ts';
import type { Output } from './output.ts';
import { requestOf } from './subject.ts';
import { writeEdits } from './write-edits.ts';

/** Exit codes: nothing found, something found. Errors are 2, as for every command. */
const CLEAN = 0;
const FOUND = 1;

/** Columns of a report that goes into a file or a pipe. */
const COLUMNS_WITHOUT_TERMINAL = 100;

export interface CheckOptions {
  /** Write what is free by convention into the files first. */
  readonly fix?: boolean;
  readonly json?: boolean;
  readonly sarif?: boolean;
}

/** `offbeat check DIR` or `check FILE…`: lists schedules with the findings about them. */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  { output, clock }: { readonly output: Output; readonly clock: Clock },
): Promise<number> {
  const { directory, only } = await checkoutOf(paths);
  if (options.fix === true) await fixByConvention(directory, only, { output, clock });
  const sources = await localSources(directory);
  const configText = await localConfigText(directory);
  const whole = checkFiles({ sources, config: parseConfig(configText), configText, now: clock.now() });
  const report = only === null ? whole : aboutFiles(whole, only);
  if (options.sarif === true || options.json === true) {
    const value = options.sarif === true ? sarifLog(report, offbeatVersion()) : report;
    output.write(JSON.stringify(value, null, 2));
  } else {
    const layout = {
      columns: output.columns ?? COLUMNS_WITHOUT_TERMINAL,
      color: output.color,
      timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    output.write(renderCheck(report, layout));
  }
  return report.summary.findings === 0 ? CLEAN : FOUND;
}

/** Moves the schedules of a checkout, or of some of its files, off crowded minutes, each within its hour, and says what was done. */
async function fixByConvention(
  directory: string,
  only: ReadonlySet<string> | null,
  { output, clock }: { readonly output: Output; readonly clock: Clock },
): Promise<void> {
  const files = await localSources(directory);
  const subject = { files, config: await localConfig(directory), runs: [], directory };
  const decision = decideByConvention(requestOf(subject, clock.now()));
  const moves = movesOf(decision).filter(({ path }) => only === null || only.has(path));
  await writeEdits(directory, files, editedFiles(files, moves), output);
  for (const note of decision.notes ?? []) output.error(wrapOutput(note, output.columns));
}
