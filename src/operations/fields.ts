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

const Property = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
});
const ObjectSchema = z.object({
  properties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
});

const KINDS: Readonly<Record<string, FieldKind>> = {
  number: 'number',
  integer: 'number',
  boolean: 'switch',
  array: 'list',
  object: 'json',
};

/** The fields of an object schema, in the order in which they are written. */
export function fieldsOf(input: z.ZodType): readonly Field[] {
  const schema = ObjectSchema.parse(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }));
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    flag: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-'),
    kind: KINDS[property.type ?? ''] ?? 'text',
    required: schema.required.includes(name),
    description: property.description ?? '',
    choices: (property.enum ?? []).map(String),
  }));
}
