import { sql } from 'kysely';
import type { Database } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import type { OperatorAudit } from '../../usecases/ports.ts';

/** The log of operators' actions, in an append-only table. */
export function openOperatorAuditTable(database: Database): OperatorAudit {
  return {
    async note({ action, at, ...details }) {
      await sql`insert into offbeat.operator_audit (at, action, details)
        values (${new Date(at)}, ${action}, ${jsonText(details)}::jsonb)`.execute(database);
    },
  };
}
