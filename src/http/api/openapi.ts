import { z } from 'zod';
import { ROLES } from './caller.ts';
import type { Endpoint } from './endpoint.ts';
import { PROBLEM_TYPE, PROBLEMS, Problem } from './problem.ts';
import { REASON_HEADER } from './read-request.ts';

type Json = Readonly<Record<string, unknown>>;

/** Path of the API on its server. */
export const API_BASE = '/api/v1';

const TAGS: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'service', description: 'The deployment as a whole.' },
  { name: 'ask', description: 'What is known of a repository. Nothing changes.' },
  { name: 'steer', description: 'What changes a repository’s state, or makes Offbeat act. Audited.' },
  { name: 'admin', description: 'What concerns everything at once. Audited.' },
];

/** Problems that every endpoint can answer with. Endpoints with a body have a few more. */
const ALWAYS = [400, 401, 403, 404, 409, 429, 502, 503] as const;
const WITH_BODY = [413, 415] as const;

export function openApiDocument(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = `${API_BASE}${endpoint.path}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Offbeat',
      version,
      summary: 'Better times for scheduled workflows.',
      description:
        'Every answer is `{success, message, data}`; every error is a problem as RFC 9457 has it. Tokens ' +
        'are JWTs with a role (viewer, operator, admin) and the repositories they are for.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'HS256 with the operator’s secret, or a key of its key set. Claims: `sub`, `exp`, `aud`, ' +
            `\`role\` (${ROLES.join(', ')}), \`repositories\` (\`owner/name\`, \`owner/*\` or \`*\`).`,
        },
      },
      schemas: { Problem: schemaOf(Problem, 'output') },
    },
  };
}

function operationOf(endpoint: Endpoint): Json {
  const statuses = endpoint.method === 'GET' ? ALWAYS : [...ALWAYS, ...WITH_BODY];
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    description: `Least role: ${endpoint.role}.`,
    tags: [endpoint.tag],
    parameters: parametersOf(endpoint),
    ...(endpoint.method === 'POST'
      ? {
          requestBody: {
            required: false,
            content: { 'application/json': { schema: schemaOf(endpoint.input, 'input') } },
          },
        }
      : {}),
    responses: {
      '200': {
        description: 'Done.',
        content: { 'application/json': { schema: envelope(schemaOf(endpoint.output, 'output')) } },
      },
      ...Object.fromEntries(
        statuses
          .toSorted((one, other) => one - other)
          .map((status) => [
            String(status),
            {
              description: titlesOf(status),
              content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
            },
          ]),
      ),
    },
    'x-least-role': endpoint.role,
    'x-changes': endpoint.mutates,
    'x-whole-deployment': endpoint.wholeDeployment === true,
  };
}

function titlesOf(status: number): string {
  const titles = Object.values(PROBLEMS)
    .filter((problem) => problem.status === status)
    .map(({ title }) => title);
  return `${[...new Set(titles)].join('; ')}.`;
}

function parametersOf(endpoint: Endpoint): readonly Json[] {
  const named = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', maxLength: 100 },
  }));
  const reason = endpoint.mutates
    ? [
        {
          name: REASON_HEADER,
          in: 'header',
          required: false,
          description: 'Why, for the audit.',
          schema: { type: 'string', maxLength: 200 },
        },
      ]
    : [];
  return [...named, ...(endpoint.method === 'GET' ? queryParameters(endpoint) : []), ...reason];
}

const ObjectSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});

function queryParameters({ input }: Endpoint): readonly Json[] {
  const { properties, required } = ObjectSchema.parse(schemaOf(input, 'input'));
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function envelope(data: Json): Json {
  return {
    type: 'object',
    properties: {
      success: { const: true },
      message: { type: 'string' },
      data,
      incomplete: {
        type: 'string',
        description: 'There while deliveries from before a restart are still being handled.',
      },
    },
    required: ['success', 'message', 'data'],
    additionalProperties: false,
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
