import { Report, renderReport } from '../render/report.ts';
import { configuredModeAndProblems } from '../usecases/configured-mode.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { runnersAhead } from '../usecases/questions/cost.ts';
import { reportView } from '../usecases/questions/report-view.ts';
import { defineOperation } from './define.ts';

export const report = defineOperation({
  name: 'report',
  summary: 'Say what was learned, decided and proposed here.',
  example: '/report',
  permission: 'read',
  output: Report,
  async run(_input, { context, repositoryId }): Promise<Report> {
    const state = await knownRepository(context, repositoryId);
    const { mode, config, problems } = await configuredModeAndProblems(context, state);
    const view = reportView(context, state, mode);
    const runners = config === null ? null : await runnersAhead(context, state);
    return Report.parse({
      ...view,
      ...(runners === null ? {} : { runners }),
      damage: [...view.damage, ...problems],
    });
  },
  render: renderReport,
});
