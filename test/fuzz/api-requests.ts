import fc from 'fast-check';
import type { Documented } from '../http/api/harness.ts';

/** One request to the API, made from what the document says of an endpoint, and from what it does not say. */
export interface FuzzRequest {
  readonly method: string;
  /** Owner and name for the path, where it has them. */
  readonly repository: readonly [owner: string, name: string];
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

type Schema = Readonly<Record<string, unknown>>;

/** Text that people, programs and attackers send. */
const junk = fc.oneof(
  fc.constantFrom(
    ...['nightly.yml', 'nightly', 'd1', 'default', '0', '-1', '1e9', '1', 'true', 'null', '[]', '{}', ''],
    ...[
      '../..',
      '..%2f..',
      '__proto__',
      'constructor',
      '$(id)',
      "';--",
      '%00',
      '\u0000',
      '\ud800',
      '\u202e',
      '\r\nx: y',
    ],
    ...['2026-05-03T02:10:00Z', '0 3 * * *', '*/5 * * * *', 'a'.repeat(300), '９'],
  ),
  fc.string({ maxLength: 20, unit: 'binary' }),
);

/** A value that fits a schema, mostly. */
function fitting(schema: Schema): fc.Arbitrary<unknown> {
  const { type, enum: choices, properties, items } = schema;
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  switch (type) {
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer());
    case 'number':
      return fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ noNaN: true }));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fitting(asSchema(items)), { maxLength: 3 });
    case 'object':
      return isSchema(properties)
        ? fc.record(
            Object.fromEntries(
              Object.entries(properties).map(([name, value]) => [name, mostly(fitting(asSchema(value)))]),
            ),
            { requiredKeys: [] },
          )
        : fc.dictionary(fc.string({ maxLength: 8 }), fc.double({ noNaN: true }), { maxKeys: 3 });
    case 'string':
      return fc.oneof(fc.constantFrom('nightly.yml', '2026-05-03T02:10:00Z', 'an incident'), junk);
    default:
      return junk;
  }
}

/** Nine times in ten what is given, else what nobody has asked for. */
function mostly(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON that a schema has no word for: depth, size, keys that every object has. */
const hostileJson = fc.constantFrom(
  '[]',
  'null',
  '1e999',
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{}}}',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `{"why":"${'y'.repeat(100_000)}"}`,
  '{"a":1,"a":2}',
  '\ufeff{}',
  '{',
);

/** Requests for one endpoint. `known` is a repository that the server has. */
export function requestsFor(
  { method, operation }: Documented,
  known: readonly [owner: string, name: string],
): fc.Arbitrary<FuzzRequest> {
  const named = operation.parameters.filter((one) => one.in === 'query');
  const fields = fc.record(
    Object.fromEntries(
      named.map(({ name, schema }) => [name, fc.oneof(fitting(schema), junk).map((value) => String(value))]),
    ),
    { requiredKeys: named.filter(({ required }) => required).map(({ name }) => name) },
  );
  const query = fc
    .tuple(fields, fc.array(fc.tuple(junk, junk), { maxLength: 1 }), fc.boolean())
    .map(([values, more, isStrict]) => [...Object.entries(values), ...(isStrict ? [] : more)]);
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body = fc.oneof(
    { weight: 6, arbitrary: fitting(schema ?? {}).map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.oneof(hostileJson, junk) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  return fc.record({
    method: fc.oneof(
      { weight: 19, arbitrary: fc.constant(method) },
      { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') },
    ),
    repository: fc.oneof(
      { weight: 8, arbitrary: fc.constant(known) },
      { weight: 1, arbitrary: fc.constant([known[0].toUpperCase(), known[1].toUpperCase()] as const) },
      { weight: 1, arbitrary: fc.tuple(junk, junk) },
    ),
    query,
    body,
    headers: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
      {
        weight: 1,
        arbitrary: fc.record(
          {
            'content-type': fc.constantFrom(
              'text/plain',
              'application/json; charset=utf-16',
              'multipart/form-data',
              '',
            ),
            'audit-reason': fc.string({ maxLength: 300 }).map((text) => encodeURIComponent(text)),
            'x-request-id': fc.constantFrom('one', '../../etc', 'x'.repeat(500)),
            'x-forwarded-for': fc.constantFrom('127.0.0.1', 'unknown, 10.0.0.1'),
            accept: fc.constantFrom('text/html', '*/*', 'application/xml'),
          },
          { requiredKeys: [] },
        ),
      },
    ),
  });
}
