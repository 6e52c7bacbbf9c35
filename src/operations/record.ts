import { code, words } from '../render/inline.ts';
import { count, seconds } from '../render/quantity.ts';
import { Recorded, RunReport, recordRun } from '../usecases/learning/record-run.ts';
import { defineOperation } from './define.ts';

export const record = defineOperation({
  name: 'record',
  summary: 'Report a run and what it took, where webhooks do not say it.',
  example: '/record --workflow nightly.yml --start-time 2026-05-04T02:10:00Z --duration 312 --success',
  permission: 'write',
  input: RunReport,
  output: Recorded,
  run: (input, { context, repositoryId }) => recordRun(context, repositoryId, input),
  render: (view) => [words`${code(view.path)}: ${sentencesOf(view)}`],
});

function sentencesOf({ learned, expected_duration_seconds: expected, reported }: Recorded): string {
  const usage =
    reported === null ? '' : ` The mean of ${count(Object.keys(reported).length, 'figure')} is kept.`;
  if (!learned) return `the run was known already, and nothing was learned twice.${usage}`;
  const forecast = expected === null ? '' : ` It was expected to take ${seconds(expected)}.`;
  return `the run was learned.${forecast}${usage}`;
}
