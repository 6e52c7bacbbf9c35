import { type Alert, alertStateOf } from '../proposal/alert.ts';
import { type Document, type Row, table } from './document.ts';
import { code, type Inline, name, sentence } from './inline.ts';
import { count, instant } from './quantity.ts';

const COLUMNS = ['Alert', 'Severity', 'State', 'Since', 'What'];

/** Alerts, newest first, and how to take one on. */
export function renderAlerts({ alerts }: { readonly alerts: readonly Alert[] }): Document {
  if (alerts.length === 0) return ['Nothing is amiss.'];
  const open = alerts.filter((alert) => alertStateOf(alert) === 'open').length;
  return [
    table(COLUMNS, alerts.map(rowOf)),
    open === 0 ? 'None is open.' : `${count(open, 'alert')} open. To take one on: /acknowledge a1`,
  ];
}

/** Alerts of all repositories, the most urgent first. */
export function renderAllAlerts(alerts: readonly (Alert & { readonly repository: string })[]): Document {
  if (alerts.length === 0) return ['Nothing is amiss in any repository.'];
  return [
    table(
      ['Repository', ...COLUMNS],
      alerts.map((alert) => [name(alert.repository), ...rowOf(alert)]),
    ),
    `${count(alerts.length, 'alert')}. To take one on: offbeat acknowledge OWNER/REPO a1`,
  ];
}

function rowOf(alert: Alert): Row {
  const { id, severity, openedAt } = alert;
  return [code(id), severity, stateWords(alert), instant(openedAt), sentence(alert.sentence)];
}

function stateWords({ acknowledged, resolvedAt }: Alert): Inline {
  if (resolvedAt !== null) return `resolved ${instant(resolvedAt)}`;
  if (acknowledged === null) return 'open';
  return acknowledged.by === null ? 'acknowledged' : name(`acknowledged by ${acknowledged.by}`);
}
