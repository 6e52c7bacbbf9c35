import { z } from 'zod';

/** How the text of a flag becomes a value. */
export type FieldKind = 'text' | 'number' | 'switch' | 'json' | 'list';

/** One field of an operation's input, as people type it. */
export interface Field {
  readonly name: string;
  /** `minConfidence` is typed as `--min-confidence`. */
  readonly flag: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly description: string;
  /** The texts that are allowed; empty where any text is. */
  readonly choices: readonly string[];
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  number: 'number',
  integer: 'number',
  boolean: 'switch',
  array: 'list',
  object: 'json',
};

/** The fields of an object schema, in the order in which they are written. */
export function fieldsOf(input: z.ZodType): readonly Field[] {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { type = '', description = '', enum: choices = [] } = property as z.core.JSONSchema.BaseSchema;
    return {
      name,
      flag: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-'),
      kind: KINDS[String(type)] ?? 'text',
      required: required.includes(name),
      description,
      choices: choices.map(String),
    };
  });
}
