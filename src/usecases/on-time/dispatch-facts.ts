import { type DispatchTerms, PLAIN_TERMS } from '../../workflow/dispatch-obstacles.ts';
import type { RepositoryReader, SourceFile } from '../ports.ts';

/** What these name has to be asked for. */
const ENVIRONMENTS = /\benvironment\b/;
const TOKENS = /\bid-token\b|\bwrite-all\b/;

/** What decides on a dispatch and stands in no file, asked for where one of these files needs it. */
export async function dispatchFacts(
  reader: Pick<RepositoryReader, 'reviewedEnvironments' | 'subjectClaims'>,
  files: readonly SourceFile[],
): Promise<Pick<DispatchTerms, 'reviewedEnvironments' | 'subjectClaims'>> {
  const names = (word: RegExp): boolean => files.some(({ text }) => word.test(text));
  const { reviewedEnvironments, subjectClaims } = PLAIN_TERMS;
  const environments = names(ENVIRONMENTS) ? await reader.reviewedEnvironments?.() : undefined;
  const claims = names(TOKENS) ? await reader.subjectClaims?.() : undefined;
  return {
    reviewedEnvironments: environments === undefined ? reviewedEnvironments : environments,
    subjectClaims: claims === undefined ? subjectClaims : claims,
  };
}
