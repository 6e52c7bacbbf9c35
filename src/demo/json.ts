/** JSON whose shape is GitHub's: looked into field by field, passed on whole. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in `value`, or an empty one, so that a path can be followed without asking at every step. */
export function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}

export function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The value at a path of fields; `undefined` where the path ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found: unknown = value;
  for (const field of path) found = asJson(found)[field];
  return found;
}

/** The string at a path; empty where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The number at a path; `NaN` where there is none. */
export function numberAt(value: unknown, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : Number.NaN;
}

/** Reads a body as JSON; `undefined` where it is not. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
