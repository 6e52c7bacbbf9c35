import { type Alert, alertStateOf } from '../proposal/alert.ts';
import { type Document, table } from './document.ts';
import { code, name, sentence } from './inline.ts';
import { count, instant } from './quantity.ts';

/** Alerts, newest first, and how to take one on. */
export function renderAlerts({ alerts }: { readonly alerts: readonly Alert[] }): Document {
  if (alerts.length === 0) return ['Nothing is amiss.'];
  const open = alerts.filter((alert) => alertStateOf(alert) === 'open').length;
  return [
    table(
      ['Alert', 'Severity', 'State', 'Since', 'What'],
      alerts.map((alert) => [
        code(alert.id),
        alert.severity,
        stateWords(alert),
        instant(alert.openedAt),
        sentence(alert.sentence),
      ]),
    ),
    open === 0 ? 'None is open.' : `${count(open, 'alert')} open. To take one on: /acknowledge a1`,
  ];
}

/** Alerts of all repositories, the most urgent first. */
export function renderAllAlerts(alerts: readonly (Alert & { readonly repository: string })[]): Document {
  if (alerts.length === 0) return ['Nothing is amiss in any repository.'];
  return [
    table(
      ['Repository', 'Alert', 'Severity', 'State', 'Since', 'What'],
      alerts.map((alert) => [
        name(alert.repository),
        code(alert.id),
        alert.severity,
        stateWords(alert),
        instant(alert.openedAt),
        sentence(alert.sentence),
      ]),
    ),
    `${count(alerts.length, 'alert')}. To take one on: offbeat acknowledge OWNER/REPO a1`,
  ];
}

function stateWords(alert: Alert) {
  const { acknowledged, resolvedAt } = alert;
  if (resolvedAt !== null) return `resolved ${instant(resolvedAt)}`;
  if (acknowledged === null) return 'open';
  return acknowledged.by === null ? 'acknowledged' : name(`acknowledged by ${acknowledged.by}`);
}
