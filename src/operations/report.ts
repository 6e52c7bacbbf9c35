import { z } from 'zod';
import { Report, renderReport } from '../render/report.ts';
import { configuredModeAndProblems } from '../usecases/configured-mode.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { reportView } from '../usecases/questions/report-view.ts';
import { defineOperation } from './define.ts';

export const report = defineOperation({
  name: 'report',
  summary: 'Say what was learned, decided and proposed here.',
  example: '/report',
  permission: 'read',
  positionals: [],
  input: z.strictObject({}),
  output: Report,
  async run(_input, { context, repositoryId }): Promise<Report> {
    const state = await knownRepository(context, repositoryId);
    const { mode, problems } = await configuredModeAndProblems(context, state);
    const view = reportView(context, state, mode);
    return Report.parse({ ...view, damage: [...view.damage, ...problems] });
  },
  render: renderReport,
});
