import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Answer, Exchange } from '../../src/demo/exchange.ts';

/*
 * What GitHub says of its own REST API: `contract.json` holds paths, parameters, bodies and successful answers of its
 * published OpenAPI description (github/rest-api-description, MIT licence).
 */

type JsonSchema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly body?: JsonSchema;
  readonly bodyRequired?: boolean;
  /** By status; `null` where no JSON is described. */
  readonly responses: Readonly<Record<string, JsonSchema | null>>;
}

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** One request or answer that does not fit what GitHub describes. */
export interface Offence {
  readonly operation: string;
  readonly side: 'request' | 'answer';
  /** Where, and what is wrong there. */
  readonly what: string;
}

interface Route {
  readonly template: string;
  readonly pattern: RegExp;
  readonly literals: number;
  readonly operations: Readonly<Record<string, Operation>>;
}

const contract: Contract = JSON.parse(readFileSync(join(import.meta.dirname, 'contract.json'), 'utf8'));
/** Parameters that hold slashes. */
const WHOLE_PATHS: ReadonlySet<string> = new Set(['path', 'ref', 'basehead', 'branch']);

const routes: readonly Route[] = Object.entries(contract.paths)
  .map(([template, operations]) => ({
    template,
    operations,
    pattern: new RegExp(
      `^${template.replace(/\{(\w+)\}/g, (_, name) => (WHOLE_PATHS.has(name) ? '(.+)' : '([^/]+)'))}$`,
    ),
    literals: template.split('/').filter((part) => !part.startsWith('{')).length,
  }))
  // Of two that match, the more literal one is meant.
  .sort((a, b) => b.literals - a.literals);

const ajv = new Ajv({
  strict: false,
  validateFormats: false,
  allErrors: true,
  code: { optimize: false },
  coerceTypes: false,
});
ajv.addSchema({ $id: 'github', components: { schemas: asJsonSchema(contract.schemas) } });
const compiled = new Map<JsonSchema, ValidateFunction>();

/** Says where an exchange does not fit GitHub's description; `null` where the description has no such operation. */
export function offencesOf(
  { method, path, query, body }: Pick<Exchange, 'method' | 'path' | 'query' | 'body'>,
  answer: Answer,
): readonly Offence[] | null {
  const route = routes.find(
    ({ pattern, operations }) => pattern.test(path) && operations[method.toLowerCase()] !== undefined,
  );
  const operation = route?.operations[method.toLowerCase()];
  if (route === undefined || operation === undefined) return null;
  const name = `${method} ${route.template}`;
  const inRequest = [...wrongQuery(operation, query), ...wrongBody(operation, method, body)];
  return [
    ...inRequest.map((what) => ({ operation: name, side: 'request', what }) as const),
    ...wrongAnswer(operation, answer).map((what) => ({ operation: name, side: 'answer', what }) as const),
  ];
}

/**
 * What an operation is called in GitHub's description, as `GET /repos/{owner}/{repo}`; `null` where it describes none
 * such.
 */
export function operationOf(method: string, path: string): string | null {
  const route = routes.find(
    ({ pattern, operations }) => pattern.test(path) && operations[method.toLowerCase()] !== undefined,
  );
  return route === undefined ? null : `${method} ${route.template}`;
}

function wrongQuery({ parameters }: Operation, query: URLSearchParams): readonly string[] {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const unknown = [...query.keys()].filter((key) => !known.some(({ name }) => name === key));
  const wrong = known.flatMap(({ name, required, schema }) => {
    const text = query.get(name);
    if (text === null) return required === true ? [`query ${name} is missing`] : [];
    const isNumber = schema.type === 'integer' || schema.type === 'number';
    const value = isNumber ? Number(text) : schema.type === 'boolean' ? text === 'true' : text;
    return errorsOf(schema, value).map((what) => `query ${name}: ${what}`);
  });
  return [...unknown.map((key) => `query ${key} is unknown`), ...wrong];
}

function wrongBody(operation: Operation, method: string, body: unknown): readonly string[] {
  const { body: schema, bodyRequired = false } = operation;
  const isEmpty =
    body === null || body === undefined || (typeof body === 'object' && Object.keys(body).length === 0);
  if (schema === undefined) return isEmpty || method === 'GET' ? [] : ['body is not expected'];
  if (isEmpty) return bodyRequired && schema.required !== undefined ? ['body is missing'] : [];
  const { properties } = schema as { properties?: object };
  const unknown =
    properties === undefined ? [] : Object.keys(body as object).filter((key) => !(key in properties));
  return [
    ...unknown.map((key) => `body.${key} is unknown`),
    ...errorsOf(schema, body).map((what) => `body${what}`),
  ];
}

function wrongAnswer({ responses }: Operation, { status, body }: Answer): readonly string[] {
  if (status >= 400 || status === 304) return [];
  const schema = responses[String(status)];
  if (schema === undefined) return [`status ${status} is not described`];
  return schema === null ? [] : errorsOf(schema, body).map((what) => `${status}${what}`);
}

function errorsOf(schema: JsonSchema, value: unknown): readonly string[] {
  const validate = compiled.get(schema) ?? ajv.compile(asJsonSchema(schema));
  compiled.set(schema, validate);
  // As it travels: what is `undefined` here is not there.
  if (validate(value === undefined ? null : JSON.parse(JSON.stringify(value)))) return [];
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  return [
    ...new Set(
      errors.map(({ instancePath, message, params }) => {
        const place = instancePath.replaceAll(/\/\d+/g, '[]').replaceAll('/', '.');
        const allowed = 'allowedValues' in params ? ` (${params.allowedValues})` : '';
        return `${place} ${message}${allowed}`;
      }),
    ),
  ];
}

/** OpenAPI 3.0 as JSON Schema: `nullable` is a type there. */
function asJsonSchema<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(asJsonSchema) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace('#/', 'github#/') : asJsonSchema(value),
    ]),
  );
  return (nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest) as T;
}
