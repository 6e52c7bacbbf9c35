import { describe, expect, it } from 'vitest';
import { committedText, PUBLISHED_SCHEMAS, schemaText } from '../../scripts/schemas.ts';

describe('schema/', () => {
  it.each(PUBLISHED_SCHEMAS)(
    '$file is what the code reads with (else run: node scripts/schemas.ts)',
    (published) => {
      expect(committedText(published)).toBe(schemaText(published));
    },
  );
});
