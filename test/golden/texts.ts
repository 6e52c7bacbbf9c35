import { createHash } from 'node:crypto';

/** Texts of one repository by the name of what they are, such as `day 45/report/markdown`. */
export type Texts = ReadonlyMap<string, string>;

/** Everything that was recorded, by the name of the repository. */
export type Recording = ReadonlyMap<string, Texts>;

/** Hash of each text of a recording, in the same places. */
export type Hashes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Hexadecimal digits kept of a SHA-256: 64 bits, since nobody attacks this file. */
const HASH_DIGITS = 16;

/** Collects the texts of one repository. Throws where a name is given twice. */
export class TextCollector {
  readonly #texts = new Map<string, string>();

  get texts(): Texts {
    return this.#texts;
  }

  /** Keeps a text as it is, and anything else as indented JSON, with each number at full precision. */
  add(name: string, value: unknown): void {
    if (this.#texts.has(name)) throw new Error(`"${name}" was recorded before.`);
    const text = typeof value === 'string' ? value : jsonOf(value);
    this.#texts.set(name, withoutProof(text));
  }
}

/**
 * JSON in which keys are sorted, since their order is nothing that people see. A decision's proof of optimality is left
 * out: see `withoutProof`.
 */
function jsonOf(value: unknown): string {
  const sorted = (key: string, inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([name, field]) => !isProof(name, field));
    return key === '' && entries.length === 0
      ? inner
      : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  };
  return JSON.stringify(value, sorted, 1) ?? 'undefined';
}

function isProof(name: string, field: unknown): boolean {
  return name === 'bound' && typeof field === 'object' && field !== null && 'gap' in field;
}

/** The proof of optimality stood as a paragraph or a line of its own. */
const PROOF =
  /No choice among the candidates could cost more than [\d.]+ % less \(proven by [a-z ,]+\)\.(?:\n\n|\n|$)/g;

/**
 * A text without the sentence on the proof of optimality: proofs were made for pull requests until they left the
 * product.
 */
function withoutProof(text: string): string {
  return text.replace(PROOF, '');
}

/**
 * A terminal's answer as it was when the golden run was recorded: the report alone ended in a line end then. The
 * command line ends every answer in one, so people see the same.
 */
export function terminalText(operation: string, text: string): string {
  return operation === 'report' ? `${text}\n` : text;
}

/** Hashes of a recording, sorted by name. */
export function hashesOf(recording: Recording): Hashes {
  return Object.fromEntries(
    [...recording].map(([repository, texts]) => [
      repository,
      Object.fromEntries([...texts].map(([name, text]) => [name, hashOf(text)] as const).sort()),
    ]),
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
}

/** Something that differs: in which repository, what, and whether it is new, missing or another. */
export interface Difference {
  readonly repository: string;
  readonly name: string;
  readonly kind: 'new' | 'missing' | 'changed';
}

/** What differs between the hashes recorded `before` and those of `now`, in repositories that both have. */
export function differences(before: Hashes, now: Hashes): readonly Difference[] {
  return Object.entries(now).flatMap(([repository, hashes]) => {
    const old = before[repository] ?? {};
    const names = [...new Set([...Object.keys(old), ...Object.keys(hashes)])].sort();
    return names.flatMap((name): readonly Difference[] => {
      if (old[name] === hashes[name]) return [];
      const kind = old[name] === undefined ? 'new' : hashes[name] === undefined ? 'missing' : 'changed';
      return [{ repository, name, kind }];
    });
  });
}
