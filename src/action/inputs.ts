import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { inputProblems } from '../operations/input-problems.ts';
import type { ActionIo } from './io.ts';

const Switch = z.enum(['true', 'false', '']).transform((text) => text === 'true');

/** The inputs of `action.yml`, as texts; an input that was not given is empty. */
const Inputs = z.object({
  command: z.string().transform((text) => (text === '' ? 'tune' : text)),
  token: z.string().min(1, 'Leave it out for the token of the workflow, or name one that is set.'),
  config: z.string(),
  'force-evolution': Switch,
  'generate-report': z.enum(['true', 'false', '']).transform((text) => text !== 'false'),
  'state-branch': z
    .string()
    .regex(/^(?!.*(\.\.|\/\/|@\{))[\w][\w./-]{0,99}$|^$/, 'Write the name of a branch.')
    .transform((text) => (text === '' ? 'offbeat-data' : text)),
  'fail-on': z.enum(['error', 'warning', 'never', '']).transform((text) => (text === '' ? 'error' : text)),
  sarif: z.string(),
  workflow: z.string(),
  'start-time': z.string(),
  duration: z.string(),
  success: z.string(),
  'resource-usage': z.string(),
  app: z.string(),
  served: z.string(),
});
export type Inputs = z.infer<typeof Inputs>;

/** Every input by name, as `action.yml` lists them. */
export const INPUT_NAMES = Object.keys(Inputs.shape) as readonly (keyof Inputs)[];

/** Reads the inputs. Throws `usage-invalid` with the name of the first input that cannot be used. */
export function readInputs(io: Pick<ActionIo, 'input'>): Inputs {
  const given = Object.fromEntries(INPUT_NAMES.map((name) => [name, io.input(name)]));
  const { success, data, error } = Inputs.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  throw new OffbeatError('usage-invalid', inputProblems(error.issues.slice(0, 1), given), {
    where: `input ${issue?.path.join('.')}`,
    fix: 'docs/action.md lists the inputs.',
  });
}
