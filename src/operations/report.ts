import { z } from 'zod';
import { renderReportMarkdown } from '../render/report.ts';
import { Report } from '../render/report-data.ts';
import { renderReportText } from '../render/report-text.ts';
import { configuredMode } from '../usecases/configured-mode.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { reportView } from '../usecases/report-view.ts';
import { defineOperation } from './define.ts';

export const report = defineOperation({
  name: 'report',
  summary: 'Say what was learned, decided and proposed here.',
  example: '/report',
  who: 'read',
  words: [],
  input: z.strictObject({}),
  output: Report,
  async run(_input, { context, repositoryId }): Promise<Report> {
    const state = await knownRepository(context, repositoryId);
    const view = reportView(context, state, await configuredMode(context, state));
    return Report.parse(view);
  },
  markdown: renderReportMarkdown,
  terminal: renderReportText,
});
