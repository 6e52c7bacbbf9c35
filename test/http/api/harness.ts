import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { adminEndpoints } from '../../../src/http/api/admin-endpoints.ts';
import { type ApiOptions, createApi } from '../../../src/http/api/app.ts';
import { bearerAuthentication } from '../../../src/http/api/bearer.ts';
import { generalEndpoints } from '../../../src/http/api/general-endpoints.ts';
import { operationEndpoints } from '../../../src/http/api/operation-endpoints.ts';
import { OPERATIONS } from '../../../src/operations/table.ts';
import { emptyDeployment } from '../../../src/proposal/deployment.ts';
import { createConfirmations } from '../../../src/usecases/confirmations.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { allAlerts } from '../../../src/usecases/maintenance/alerts-now.ts';
import type { OperatorAct } from '../../../src/usecases/ports.ts';
import { sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../../usecases/fakes.ts';
import { memoryKeys } from '../session/memory-keys.ts';

export const SECRET = 'a secret of thirty-two characters';
const AUDIENCE = 'offbeat';
export const REPOSITORY = `/api/v1/repositories/${SEEN.owner}/${SEEN.name}`;
const NO_LIMIT = { burst: 1e9, perSecond: 1e9 };

export interface TokenOptions {
  readonly role?: string;
  readonly repositories?: readonly string[];
  readonly subject?: string;
  readonly audience?: string;
  readonly secret?: string;
  /** Seconds from now. */
  readonly lives?: number;
}

/** A token signed with the server's own secret unless something else is said. */
export async function token({
  role = 'viewer',
  repositories = ['*'],
  subject = 'mona',
  audience = AUDIENCE,
  secret = SECRET,
  lives = 3_600,
}: TokenOptions = {}): Promise<string> {
  const now = Math.floor(NOW / 1_000);
  return new SignJWT({ role, repositories: [...repositories] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + lives)
    .sign(new TextEncoder().encode(secret));
}

/** The API on a repository of two nightly workflows with a month of runs. */
export async function startApi(over: Partial<ApiOptions> = {}) {
  const file = (name: string) => ({
    path: `.github/workflows/${name}.yml`,
    text: `name: ${name}\non:\n  schedule:\n    - cron: "0 2 * * *"\njobs:\n  a:\n    runs-on: ubuntu-latest\n`,
  });
  const fake = fakeContext({ files: [file('nightly'), file('backup')] });
  await meetRepository(fake.context, SEEN);
  for (let day = 30; day > 0; day -= 1) {
    const at = new Date(NOW - day * DAY_MS).toISOString();
    await observeRun(fake.context, SEEN, sampleRun(1_000 - day, at));
  }
  let deployment = emptyDeployment();
  const acts: OperatorAct[] = [];
  const endpoints = [
    ...generalEndpoints({
      version: '1.2.3',
      store: fake.store,
      problems: async () => [],
      queue: () => ({ waiting: 0, running: 0, deadLetters: 0, oldestAgeSeconds: 0 }),
      stoppedBy: async () => (deployment.emergencyStop === null ? null : 'operator'),
    }),
    ...operationEndpoints(OPERATIONS, {
      contextFor: async () => fake.context,
      lockRepository: (_id, work) => work(),
    }),
    ...adminEndpoints({
      alerts: (_requestId, state) => allAlerts(fake.context, state),
      clock: fake.clock,
      confirmations: createConfirmations(memoryKeys(), fake.clock),
      deadLetters: { deadLetters: async () => [], redrive: async () => false, drop: async () => false },
      audit: { note: async (act) => void acts.push(act) },
      deployments: {
        load: async () => deployment,
        async change(update) {
          deployment = update(deployment);
          return deployment;
        },
      },
    }),
  ];
  const app = createApi({
    endpoints,
    authenticate: bearerAuthentication({ secret: SECRET, audience: AUDIENCE, clock: fake.clock }),
    store: fake.store,
    version: '1.2.3',
    clock: fake.clock,
    log: fake.log,
    callerLimit: NO_LIMIT,
    strangerLimit: NO_LIMIT,
    ...over,
  });
  const document = Document.parse(await (await app.request('/api/v1/openapi.json')).json());
  return { app, endpoints, document, acts, ...fake };
}

const Schema = z.record(z.string(), z.unknown());

const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  schema: Schema,
});

const DocumentedOperation = z.object({
  operationId: z.string(),
  parameters: z.array(Parameter),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: Schema })) }).optional(),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.object({ schema: Schema })) })),
  'x-least-role': z.string(),
  'x-changes': z.boolean(),
  'x-whole-deployment': z.boolean(),
});
export type DocumentedOperation = z.infer<typeof DocumentedOperation>;

/** As much of an OpenAPI document as the tests read. */
export const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), DocumentedOperation)),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});
export type Document = z.infer<typeof Document>;

export interface Documented {
  readonly path: string;
  readonly method: string;
  readonly operation: DocumentedOperation;
}

/** Every address and method that the document names. */
export function documentedOperations({ paths }: Document): readonly Documented[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    })),
  );
}

/** Checks a response against what the document says of it; returns what is wrong, nothing where all is well. */
export function contractOf(document: Document) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', ...document });
  const validators = new Map<string, ValidateFunction>();
  return async ({ operation }: Documented, response: Response): Promise<readonly string[]> => {
    const documented = operation.responses[String(response.status)];
    if (documented === undefined)
      return [`${operation.operationId} answers ${response.status}, undocumented`];
    const type = response.headers.get('content-type')?.split(';', 1)[0] ?? '';
    const content = documented.content[type];
    if (content === undefined) return [`${operation.operationId} answers ${response.status} as ${type}`];
    const name = `${operation.operationId} ${response.status}`;
    const validate =
      validators.get(name) ??
      ajv.compile(
        JSON.parse(JSON.stringify(content.schema).replaceAll('"#/components', '"document#/components')),
      );
    validators.set(name, validate);
    if (validate(await response.clone().json())) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${name} ${instancePath}: ${message}`);
  };
}

/** Asks for what has to be confirmed, and then confirms it with the code that the answer names. */
export async function confirmed(
  ask: (body: Readonly<Record<string, unknown>>) => Response | Promise<Response>,
  body: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const asked = await ask(body);
  const { detail } = z.object({ detail: z.string() }).parse(await asked.json());
  return ask({ ...body, confirm: /"confirm": "(\w+)"/.exec(detail)?.[1] });
}
