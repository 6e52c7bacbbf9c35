import { z } from 'zod';
import { Alert, AlertState, alertStateOf } from '../proposal/alert.ts';
import { renderAlerts } from '../render/alerts.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { acknowledgeAlert, alertsNow } from '../usecases/maintenance/alerts-now.ts';
import { defineOperation } from './define.ts';

const Alerts = z.object({
  /** Newest first. */
  alerts: z.array(Alert),
});

const listed = (alerts: readonly Alert[]): z.infer<typeof Alerts> => ({ alerts: alerts.toReversed() });

export const alerts = defineOperation({
  name: 'alerts',
  summary: 'List what somebody should look at: open, acknowledged, or resolved.',
  example: '/alerts --state open',
  permission: 'read',
  input: z.strictObject({
    state: AlertState.optional().describe(
      'Only those that stand there; all but resolved ones where left out.',
    ),
  }),
  output: Alerts,
  async run({ state }, { context, repositoryId }) {
    const all = await alertsNow(context, await knownRepository(context, repositoryId));
    return listed(
      all.filter((alert) =>
        state === undefined ? alert.resolvedAt === null : alertStateOf(alert) === state,
      ),
    );
  },
  render: renderAlerts,
});

export const acknowledge = defineOperation({
  name: 'acknowledge',
  summary: 'Take an alert on, so that others see who looks after it.',
  example: '/acknowledge a3',
  permission: 'write',
  positionals: ['alert'],
  input: z.strictObject({
    alert: z
      .string()
      .regex(/^a\d{1,9}$/, 'Write its name, such as a3.')
      .describe('Its name, such as a3.'),
  }),
  output: Alerts,
  run: async ({ alert }, { context, repositoryId, actor }) =>
    listed((await acknowledgeAlert(context, repositoryId, alert, actor)).filter(({ id }) => id === alert)),
  render: renderAlerts,
});
