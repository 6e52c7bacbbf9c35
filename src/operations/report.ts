import { z } from 'zod';
import { Report, renderReport } from '../render/report.ts';
import { configuredMode } from '../usecases/configured-mode.ts';
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
    const view = reportView(context, state, await configuredMode(context, state));
    return Report.parse(view);
  },
  render: renderReport,
});
