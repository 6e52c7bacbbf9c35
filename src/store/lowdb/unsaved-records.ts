import { DOCUMENT_NAMES, type DocumentName } from './documents.ts';

interface Unsaved {
  /** Sequence of the first record that the document lacks; `null` where it contains all. */
  readonly present: number | null;
  /** Sequence of the first record that the generation before it lacks: never later than `present`. */
  readonly previous: number;
}

/** Records that a repository's documents lack, in both generations, kept so that damage can be rebuilt. */
export class UnsavedRecords {
  readonly #documents = new Map<DocumentName, Unsaved>();

  /** Notes that a record touches these documents. */
  add(names: Iterable<DocumentName>, sequence: number): void {
    for (const name of names) {
      const known = this.#documents.get(name);
      this.#documents.set(name, {
        present: known?.present ?? sequence,
        previous: known?.previous ?? sequence,
      });
    }
  }

  /** Notes a record of a repository not read yet: its older documents may lack the records from `sequence` on. */
  addUnknown(sequence: number): void {
    for (const name of DOCUMENT_NAMES) {
      if (!this.#documents.has(name)) this.#documents.set(name, { present: null, previous: sequence });
    }
  }

  /** True where a document lacks a record. */
  get isDirty(): boolean {
    return this.#documents.values().some(({ present }) => present !== null);
  }

  /** The oldest record that is still needed; `null` where none is. */
  get neededFrom(): number | null {
    if (this.#documents.size === 0) return null;
    return Math.min(...this.#documents.values().map(({ previous }) => previous));
  }

  /** Documents that lack a record in either generation. */
  get names(): readonly DocumentName[] {
    return [...this.#documents.keys()];
  }

  /** Notes that documents are being written with all records so far; call what it returns with true if they were. */
  beginWriting(names: readonly DocumentName[]): (isWritten: boolean) => void {
    const before = new Map(names.map((name) => [name, this.#documents.get(name)] as const));
    for (const [name, known] of before) {
      if (known !== undefined) this.#documents.set(name, { ...known, present: null });
    }
    return (isWritten) => {
      for (const [name, known] of before) {
        const { present: added = null } = this.#documents.get(name) ?? {};
        const held = known?.present ?? null;
        if (!isWritten) {
          if (known !== undefined) this.#documents.set(name, { ...known, present: held ?? added });
        } else if (held === null && added === null) {
          this.#documents.delete(name);
        } else {
          this.#documents.set(name, { present: added, previous: held ?? (added as number) });
        }
      }
    };
  }
}
