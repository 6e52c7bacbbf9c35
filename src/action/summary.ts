import { report } from '../operations/report.ts';
import { movesOf } from '../proposal/moves.ts';
import { openProposalOf } from '../proposal/record.ts';
import { dayChart } from '../render/day-chart.ts';
import { toMarkdown } from '../render/to-markdown.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { keepReport } from '../usecases/maintenance/keep-report.ts';
import type { Session } from './session.ts';

/** Writes the report and a chart of the day's load into the job's summary, and sets the outputs of the step. */
export async function summarise({ context, seen, io, inputs }: Session): Promise<void> {
  const { decisions, proposals } = await knownRepository(context, seen.id);
  const decision = decisions.at(-1);
  io.output('moves', decision === undefined ? 0 : movesOf(decision).length);
  io.output('pull-request', openProposalOf(proposals)?.url ?? '');
  if (!inputs['generate-report']) return;
  await keepReport(context, seen.id);
  const { document } = await report.answer({}, { context, repositoryId: seen.id, actor: null });
  const picture = decision === undefined ? [] : dayChart(decision.load);
  await io.summarise(toMarkdown(['## Offbeat', ...document, ...picture]));
}
