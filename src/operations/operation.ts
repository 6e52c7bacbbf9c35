import type { z } from 'zod';
import type { Document } from '../render/document.ts';
import type { Context } from '../usecases/context.ts';
import type { Field } from './fields.ts';

export const ALL_DOORS = ['slash', 'cli', 'api', 'dashboard'] as const;

/** Ways to reach Offbeat. An operation has the same name and input at each of them. */
export type Door = (typeof ALL_DOORS)[number];

/** `read`: everybody who may read the repository. `write`: who may write to it. `operator`: who runs Offbeat. */
export type OperationPermission = 'read' | 'write' | 'operator';

/** Where and for whom an operation runs. */
export interface OperationContext {
  readonly context: Context;
  readonly repositoryId: number;
  /** Login of the person who asked; `null` where the door knows none (the operator's own terminal). */
  readonly actor: string | null;
  /** Number of the issue or pull request whose comment asked for it. */
  readonly issueNumber?: number;
  /** The door it came through; missing where no person asked. */
  readonly door?: Door;
  /** The asker's reason, for the audit. */
  readonly why?: string;
  /** Shows the progress of long work: `done` of `all` steps; `all` is `null` where it is not known. */
  readonly progress?: (done: number, all: number | null) => void;
}

/** Something that people can ask at any door, each built from this table: it makes `input` and prints `render`. */
export interface Operation<Input = unknown, Output = unknown> {
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  readonly example: string;
  /** What the asker must at least be allowed to do in the repository. */
  readonly permission: OperationPermission;
  /** Fields of `input` that are typed without a flag, in this order. A list takes all words that are left. */
  readonly positionals?: readonly string[];
  /** Doors at which it can be asked for. Default: all. */
  readonly doors?: readonly Door[];
  /** Whether it changes anything. Default: every operation that takes more than `read` does. */
  readonly mutates?: boolean;
  /** What the last positional names as a file. `written`: the answer's data. `read`: the only field of the input. */
  readonly file?: 'written' | 'read';
  /** Default: no fields. */
  readonly input?: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  /** Throws `not-found` or `command-invalid`, each with a sentence for the asker. */
  run(input: Input, where: OperationContext): Promise<Output>;
  /** The answer, for any door to print. */
  render(output: Output): Document;
}

/** An operation of any input and output, so that one table can hold all of them. */
export interface AnyOperation extends Pick<Operation, 'name' | 'summary' | 'example' | 'permission'> {
  readonly positionals: readonly string[];
  readonly doors: readonly Door[];
  readonly mutates: boolean;
  readonly file: 'written' | 'read' | null;
  /** The fields of its input, as positionals and flags name them. */
  readonly fields: readonly Field[];
  readonly inputSchema: z.ZodType;
  readonly outputSchema: z.ZodType;
  /** Validates the input and runs. Throws `command-invalid` where the input does not fit the schema. */
  answer(input: unknown, where: OperationContext): Promise<Answer>;
}

/** What an operation has answered: `data` for programs, `document` for people. */
export interface Answer {
  readonly data: unknown;
  readonly document: Document;
}
