import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

interface Schemas {
  readonly definitions: Readonly<Record<string, object>>;
}

const address = import.meta.resolve('@octokit/webhooks-schemas/schema.json');
const schemas: Schemas = JSON.parse(readFileSync(new URL(address), 'utf8'));
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, code: { optimize: false } });
ajv.addSchema({ $id: 'webhooks', definitions: withMoreFields(schemas.definitions) });
const compiled = new Map<string, ValidateFunction>();

/**
 * Where a webhook does not fit the schemas of `@octokit/webhooks-schemas`; empty where it does, or only has more
 * fields.
 */
export function wrongInWebhook(event: string, payload: unknown): readonly string[] {
  const action =
    typeof payload === 'object' && payload !== null && 'action' in payload ? payload.action : null;
  const name = [`${event}$${action}`, `${event}$event`].find((each) => each in schemas.definitions);
  if (name === undefined) return [`${event} with action ${action} is no webhook of GitHub's`];
  const validate =
    compiled.get(name) ?? ajv.compile({ $ref: `webhooks#/definitions/${encodeURIComponent(name)}` });
  compiled.set(name, validate);
  if (validate(JSON.parse(JSON.stringify(payload)))) return [];
  const errors = (validate.errors ?? []).map(
    ({ instancePath, message }) =>
      `${name}${instancePath.replaceAll(/\/\d+/g, '[]').replaceAll('/', '.')} ${message}`,
  );
  return [...new Set(errors)];
}

/** GitHub adds fields whenever it likes, and the schemas come later. */
function withMoreFields<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(withMoreFields) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => key !== 'additionalProperties' || value !== false,
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, withMoreFields(value)])) as T;
}
