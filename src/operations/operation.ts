import type { z } from 'zod';
import type { Document } from '../render/document.ts';
import type { Context } from '../usecases/context.ts';
import type { Field } from './fields.ts';

export const ALL_DOORS = ['slash', 'cli', 'api', 'dashboard'] as const;

/** Ways in. What is asked comes with the same name and input through each. */
export type Door = (typeof ALL_DOORS)[number];

/** `read`: whoever may read the repository. `write`: whoever may write to it. `operator`: whoever runs Offbeat. */
export type Who = 'read' | 'write' | 'operator';

/** Where and for whom an operation runs. */
export interface OperationContext {
  readonly context: Context;
  readonly repositoryId: number;
  /** Login of the person who asked; `null` where the door knows none (the operator's own terminal). */
  readonly actor: string | null;
  /** Number of the issue or pull request on which it was asked, where it was. */
  readonly issueNumber?: number;
  /** The door it came through; not told where nobody asked. */
  readonly door?: Door;
  /** Why it is asked, in the asker's words, for the audit. */
  readonly why?: string;
  /** How far long work has come, where somebody watches. */
  readonly progress?: (done: number, all: number | null) => void;
}

/**
 * Something one can ask of Offbeat, through any door. Doors are made from this table: they bring words, flags or JSON
 * to `input`, and show `output` as they show things.
 */
export interface Operation<Input = unknown, Output = unknown> {
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  readonly example: string;
  /** Least right on the repository that whoever asks must have. */
  readonly who: Who;
  /** Fields of `input` that plain words fill, in their order; one that holds a list takes all that are left. */
  readonly words: readonly string[];
  /** Doors it is open to; all of them where nothing is said. */
  readonly doors?: readonly Door[];
  /** False where asking leaves everything as it was; an operation for readers never changes anything. */
  readonly changes?: boolean;
  /**
   * What a terminal keeps in a file, named by the last word: `written`, the answer's data; `read`, the one field of the
   * input.
   */
  readonly file?: 'written' | 'read';
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  /** Throws `not-found` or `command-invalid` with a sentence for the asker. */
  run(input: Input, where: OperationContext): Promise<Output>;
  /** The answer, for any door to print. */
  render(output: Output): Document;
}

/** An operation whose types are known only to itself: what a table of unlike ones can hold. */
export interface AnyOperation extends Pick<Operation, 'name' | 'summary' | 'example' | 'who' | 'words'> {
  readonly doors: readonly Door[];
  readonly changes: boolean;
  readonly file: 'written' | 'read' | null;
  /** What its input holds, as words and flags name it. */
  readonly fields: readonly Field[];
  readonly inputSchema: z.ZodType;
  readonly outputSchema: z.ZodType;
  /** Validates the input, runs, and returns the answer, which the door prints. */
  answer(input: unknown, where: OperationContext): Promise<Answer>;
}

export interface Answer {
  readonly data: unknown;
  readonly document: Document;
}
