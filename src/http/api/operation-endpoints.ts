import { OffbeatError } from '../../errors.ts';
import type { KeyedMutex } from '../../keyed-mutex.ts';
import type { Answer, AnyOperation } from '../../operations/operation.ts';
import { audited } from '../../proposal/audit.ts';
import { toTerminal } from '../../render/to-terminal.ts';
import { askedUntil, type Context } from '../../usecases/context.ts';
import { knownRepository } from '../../usecases/known-repository.ts';
import type { CostlyQuestions } from '../shared/costly-questions.ts';
import { LEAST_ROLE } from './caller.ts';
import type { Endpoint } from './endpoint.ts';

/** Longest message of an answer (characters). The data holds the rest. */
const MAX_MESSAGE_LENGTH = 200;

export interface OperationEndpointOptions {
  /** What an operation may reach, for one request. */
  readonly contextFor: (requestId: string) => Promise<Context>;
  /** Runs work that changes a repository while no other such work runs. */
  readonly lockRepository: KeyedMutex;
  /** Bounds what costs much; nothing does where it is left out. */
  readonly costly?: CostlyQuestions;
}

/** An endpoint for each operation of the API: GET where it only reads, POST where it may change something. */
export function operationEndpoints(
  operations: readonly AnyOperation[],
  options: OperationEndpointOptions,
): readonly Endpoint[] {
  return operations
    .filter(({ doors }) => doors.includes('api'))
    .map((operation) => operationEndpoint(operation, options));
}

function operationEndpoint(operation: AnyOperation, options: OperationEndpointOptions): Endpoint {
  return {
    id: operation.name,
    method: operation.mutates ? 'POST' : 'GET',
    path: `/repositories/{owner}/{repo}/${operation.name}`,
    tag: operation.mutates ? 'steer' : 'ask',
    summary: operation.summary,
    role: LEAST_ROLE[operation.permission],
    input: operation.inputSchema,
    output: operation.outputSchema,
    mutates: operation.mutates,
    async handle({ caller, input, repository, why, requestId, gone }) {
      if (repository === null) throw new OffbeatError('not-found', 'There is no such repository here.');
      const known = await options.contextFor(requestId);
      // A change goes on when its caller disconnects; a question does not.
      const context = operation.mutates ? known : askedUntil(known, gone);
      const answer = async () => {
        const actor = caller.subject;
        const asked = { context, repositoryId: repository.id, actor, door: 'api' } as const;
        return responseOf(operation, await operation.answer(input, why === null ? asked : { ...asked, why }));
      };
      const change = () =>
        options.lockRepository(repository.id, async () => {
          await noteWrite(context, repository.id, { name: operation.name, by: caller.subject, why });
          return answer();
        });
      const bounded = options.costly ?? ((_name, _caller, work) => work());
      return bounded(operation.name, caller.subject, operation.mutates ? change : answer);
    },
  };
}

function responseOf(operation: AnyOperation, { data, document }: Answer) {
  const line =
    toTerminal(document)
      .split('\n')
      .find((text) => text.trim() !== '') ?? operation.summary;
  return { message: line.trim().slice(0, MAX_MESSAGE_LENGTH), data };
}

/** Writes the call to the audit before it is made, so that the audit misses no change. */
async function noteWrite(
  context: Context,
  repositoryId: number,
  { name, by, why }: { readonly name: string; readonly by: string; readonly why: string | null },
): Promise<void> {
  await knownRepository(context, repositoryId);
  const what = `Asked for ${name} through the API${why === null ? '.' : `: ${why}`}`;
  await context.store.apply(repositoryId, { auditEvents: [audited('wish', context.clock.now(), by, what)] });
}
