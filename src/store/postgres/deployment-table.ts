import { sql } from 'kysely';
import type { Database } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import { OffbeatError } from '../../errors.ts';
import { Deployment, emptyDeployment } from '../../proposal/deployment.ts';
import type { Deployments } from '../../usecases/ports.ts';

/** A stop takes effect everywhere within this time. */
const FRESH_MS = 2_000;

/** The operator's decisions, shared by all processes. Throws `store-damaged` where they cannot be read. */
export function openDeploymentTable(database: Database): Deployments {
  let known: { readonly at: number; readonly deployment: Deployment } | undefined;
  return {
    async load() {
      if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.deployment;
      const { rows } = await sql<{ deployment: unknown }>`select deployment from offbeat.deployment`.execute(
        database,
      );
      const deployment = parse(rows[0]?.deployment);
      known = { at: performance.now(), deployment };
      return deployment;
    },
    async change(update) {
      const next = await database.transaction().execute(async (transaction) => {
        await sql`lock table offbeat.deployment in share row exclusive mode`.execute(transaction);
        const { rows } = await sql<{
          deployment: unknown;
        }>`select deployment from offbeat.deployment`.execute(transaction);
        const changed = Deployment.parse(update(parse(rows[0]?.deployment)));
        await sql`insert into offbeat.deployment (deployment) values (${jsonText(changed)}::jsonb)
          on conflict (only_row) do update set deployment = excluded.deployment`.execute(transaction);
        return changed;
      });
      known = undefined;
      return next;
    },
  };
}

function parse(value: unknown): Deployment {
  if (value === undefined) return emptyDeployment();
  const parsed = Deployment.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OffbeatError('store-damaged', 'What the operator has decided cannot be read.', {
    where: 'table offbeat.deployment',
    fix: 'Correct the row, or delete it to begin with no stop and no rollout.',
    cause: parsed.error,
  });
}
