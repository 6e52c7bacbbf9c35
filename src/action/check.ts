import { realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { localConfigText, localSources } from '../cli/local-sources.ts';
import { CONFIG_PATH, parseConfig } from '../config/parse.ts';
import { OffbeatError } from '../errors.ts';
import { renderCheckSummary } from '../render/check-summary.ts';
import type { Finding } from '../render/check-view.ts';
import { sarifLog } from '../render/sarif.ts';
import { offbeatVersion } from '../serve/version.ts';
import { withNamedFiles } from '../usecases/named-files.ts';
import type { SourceFile } from '../usecases/ports.ts';
import { checkFiles } from '../usecases/questions/check-files.ts';
import type { ActionIo, Place } from './io.ts';
import { connectStep, type Step } from './session.ts';

const LEVELS = ['error', 'warning', 'note'] as const;

/** Checks the schedules at the commit of this run, annotates their lines, and fails the step by `fail-on`. */
export async function checkInAction(step: Step): Promise<void> {
  const { io, inputs, clock, surroundings } = step;
  const read = await filesOf(step);
  const { sources } = read;
  const configText = inputs.config === '' ? read.configText : inputs.config;
  const report = checkFiles({ sources, config: parseConfig(configText), configText, now: clock.now() });
  for (const finding of report.findings) annotate(io, finding);
  await io.summarise(renderCheckSummary(report));
  io.output('findings', report.summary.findings);
  if (inputs.sarif !== '') {
    const path = await newFile(surroundings.workspace ?? '.', inputs.sarif);
    await writeFile(path, JSON.stringify(sarifLog(report, offbeatVersion())), { flag: 'wx' });
    io.output('sarif', path);
  }
  const failing = report.findings.filter(({ level }) => fails(level, inputs['fail-on'])).length;
  if (failing > 0)
    io.fail(
      `${failing} ${failing === 1 ? 'finding is' : 'findings are'} at the level ${inputs['fail-on']} or above.`,
    );
}

/**
 * The path for a new file. A file or link that stands there is removed: a pull request may have put a link there, which
 * must not be followed. Throws `usage-invalid` where a relative path leads out of the checkout.
 */
async function newFile(workspace: string, named: string): Promise<string> {
  const path = resolve(workspace, named);
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  const root = await realpath(workspace);
  if (!isAbsolute(named) && !`${folder}${sep}`.startsWith(`${root}${sep}`)) {
    throw new OffbeatError('usage-invalid', 'This path leads out of the checkout.', {
      where: 'input sarif',
      fix: 'Name a file in the checkout, or an absolute path.',
    });
  }
  await rm(path, { force: true });
  return path;
}

function annotate(io: ActionIo, { level, rule, path, line, column, message }: Finding): void {
  const place: Place = { file: path, startLine: line, startColumn: column, title: `Offbeat: ${rule}` };
  if (level === 'error') io.error(message, place);
  else if (level === 'warning') io.warning(message, place);
  else io.notice(message, place);
}

function fails(level: Finding['level'], failOn: 'error' | 'warning' | 'never'): boolean {
  return failOn !== 'never' && LEVELS.indexOf(level) <= LEVELS.indexOf(failOn);
}

interface CheckedFiles {
  readonly sources: readonly SourceFile[];
  readonly configText: string;
}

async function filesOf(step: Step): Promise<CheckedFiles> {
  const { workspace, sha } = step.surroundings;
  if (workspace !== undefined) {
    const sources = await localSources(workspace).catch(() => []);
    if (sources.length > 0) return { sources, configText: await localConfigText(workspace) };
  }
  const { github, seen } = await connectStep(step);
  const { reader } = await github.connect(seen);
  const read = await reader.workflowSources(sha);
  return {
    sources: await withNamedFiles(reader, read),
    configText: (await reader.fileText(CONFIG_PATH, read.sha)) ?? '',
  };
}
