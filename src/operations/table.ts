import { adapt } from './adapt.ts';
import { acknowledge, alerts } from './alerts.ts';
import { apply } from './apply.ts';
import { audit } from './audit.ts';
import { backfill } from './backfill.ts';
import { bottlenecks } from './bottlenecks.ts';
import { capacity } from './capacity.ts';
import { cost } from './cost.ts';
import { decision, decisions } from './decisions.ts';
import { evolve } from './evolve.ts';
import { explain } from './explain.ts';
import { health } from './health.ts';
import { helpOperation } from './help.ts';
import { accuracy, history, insights } from './history.ts';
import { ignore, pin, unignore } from './leave-alone.ts';
import { load } from './load.ts';
import { observe, pause, resume, suggest } from './mode.ts';
import { exportOperation, importOperation } from './move-learning.ts';
import { onTime } from './on-time.ts';
import type { AnyOperation } from './operation.ts';
import { optimize } from './optimize.ts';
import { override } from './override.ts';
import { batch, predict } from './predict.ts';
import { proposals } from './proposals.ts';
import { record } from './record.ts';
import { report } from './report.ts';
import { scorecard } from './scorecard.ts';
import { simulate } from './simulate.ts';
import { snooze } from './snooze.ts';
import { strategies } from './strategies.ts';
import { undo } from './undo.ts';

/** Every operation. The doors are built from this table. */
export const OPERATIONS: readonly AnyOperation[] = [
  helpOperation(() => OPERATIONS),
  report,
  scorecard,
  predict,
  batch,
  insights,
  history,
  accuracy,
  bottlenecks,
  capacity,
  cost,
  load,
  health,
  alerts,
  acknowledge,
  record,
  backfill,
  strategies,
  decisions,
  decision,
  proposals,
  audit,
  optimize,
  apply,
  simulate,
  explain,
  evolve,
  adapt,
  exportOperation,
  importOperation,
  ignore,
  unignore,
  pin,
  snooze,
  undo,
  onTime,
  observe,
  suggest,
  pause,
  resume,
  override,
];

export function findOperation(name: string): AnyOperation | undefined {
  return OPERATIONS.find((operation) => operation.name === name);
}
