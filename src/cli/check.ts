import type { Clock } from '../clock.ts';
import { parseConfig } from '../config/parse.ts';
import { renderCheck } from '../render/check.ts';
import { sarifLog } from '../render/sarif.ts';
import { offbeatVersion } from '../serve/version.ts';
import { aboutFiles, checkFiles } from '../usecases/questions/check-files.ts';
import { checkoutOf, localConfigText, localSources } from './local-sources.ts';
import type { Output } from './output.ts';

/** Exit codes: nothing found, something found. Errors are 2, as for every command. */
const CLEAN = 0;
const FOUND = 1;

/** Columns of a report that goes into a file or a pipe. */
const COLUMNS_WITHOUT_TERMINAL = 100;

export interface CheckOptions {
  /** Write the moves off crowded minutes into the files first. */
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
  if (options.fix === true) {
    // It loads the planner, which checks do without.
    const { fixByConvention } = await import('./fix-by-convention.ts');
    await fixByConvention(directory, only, { output, clock });
  }
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
