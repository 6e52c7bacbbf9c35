import { type DispatchTerms, PLAIN_TERMS } from '../../workflow/dispatch-obstacles.ts';
import type { RepositoryReader, SourceFile } from '../ports.ts';

/** Only files with these words need facts that GitHub has to be asked for. */
const ENVIRONMENTS = /\benvironment\b/;
const TOKENS = /\bid-token\b|\bwrite-all\b/;

/** Facts that a dispatch depends on and that no file holds. GitHub is only asked for those that these files need. */
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
