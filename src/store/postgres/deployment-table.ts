import { sql } from 'kysely';
import type { Database, Transaction } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import type { OffbeatError } from '../../errors.ts';
import { Deployment, emptyDeployment } from '../../proposal/deployment.ts';
import type { Deployments } from '../../usecases/ports.ts';
import { changedUnread, deploymentUnreadable } from '../unreadable-deployment.ts';

/** A stop takes effect everywhere within this time. */
const FRESH_MS = 2_000;

/** The operator's decisions, shared by all processes. Throws `stop-unreadable` where they cannot be read. */
export function openDeploymentTable(database: Database): Deployments {
  let known: { readonly at: number; readonly deployment: Deployment } | undefined;
  return {
    async load() {
      if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.deployment;
      const { data, error } = Deployment.safeParse(await storedIn(database));
      if (error) throw unreadable(error);
      known = { at: performance.now(), deployment: data };
      return data;
    },
    async change(update) {
      const next = await database.transaction().execute(async (transaction) => {
        await sql`lock table offbeat.deployment in share row exclusive mode`.execute(transaction);
        const stored = await storedIn(transaction);
        const { data, error } = Deployment.safeParse(stored);
        const changed = error ? changedUnread(update, unreadable(error)) : Deployment.parse(update(data));
        // It may hold rollouts that an operator wants back.
        if (error) await keepUnread(transaction, stored);
        await sql`insert into offbeat.deployment (deployment) values (${jsonText(changed)}::jsonb)
          on conflict (only_row) do update set deployment = excluded.deployment`.execute(transaction);
        return changed;
      });
      known = undefined;
      return next;
    },
  };
}

/** What the table holds, not validated; the empty deployment where it holds nothing. */
async function storedIn(database: Database | Transaction): Promise<unknown> {
  const { rows } = await sql<{ deployment: unknown }>`
    select deployment from offbeat.deployment`.execute(database);
  return rows.length === 0 ? emptyDeployment() : rows[0]?.deployment;
}

async function keepUnread(transaction: Transaction, deployment: unknown): Promise<void> {
  await sql`insert into offbeat.operator_audit (action, details)
    values ('unreadable-deployment-replaced', ${jsonText({ deployment })}::jsonb)`.execute(transaction);
}

function unreadable(cause: unknown): OffbeatError {
  return deploymentUnreadable('table offbeat.deployment', cause);
}
