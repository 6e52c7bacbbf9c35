import { DOCUMENT_NAMES, type DocumentName } from './documents.ts';

interface Unsaved {
  /** Sequence of the first record that the document does not hold; `null` where it holds all. */
  readonly present: number | null;
  /** Of the first that the generation before it does not hold: never later than `present`. */
  readonly previous: number;
}

/**
 * Which records of the journal the documents of one repository do not hold yet, in both generations. As long as there
 * are any, the journal keeps them, so that a damaged document can be rebuilt from the one before.
 */
export class UnsavedRecords {
  readonly #documents = new Map<DocumentName, Unsaved>();

  /** A record touches these documents. */
  add(names: Iterable<DocumentName>, sequence: number): void {
    for (const name of names) {
      const known = this.#documents.get(name);
      this.#documents.set(name, {
        present: known?.present ?? sequence,
        previous: known?.previous ?? sequence,
      });
    }
  }

  /**
   * Of a repository that is not read yet: any document may lack any record from `sequence` on in its generation before.
   */
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

  /** Documents of which one generation lacks something. */
  get names(): readonly DocumentName[] {
    return [...this.#documents.keys()];
  }

  /**
   * These documents are being written with all records so far. Call the result with whether that has worked; records
   * that were added meanwhile stay unsaved.
   */
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
