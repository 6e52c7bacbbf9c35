import { z } from 'zod';
import { JobSetting, ProposedMove } from './proposal.ts';

/** The state that a pull request's body carries, so that a lost store can be restored from GitHub. */
export const Marker = z.object({
  version: z.literal(1),
  repositoryId: z.number().int().nonnegative(),
  decisionId: z.string(),
  /** Epoch ms of the decision. */
  at: z.number(),
  moves: z.array(ProposedMove),
  /** The key of a job that the pull request writes; it moves no cron then. */
  jobKey: JobSetting.optional(),
});
export type Marker = z.infer<typeof Marker>;

const OPENING = '<!-- offbeat:state ';
const MARKER = /<!-- offbeat:state (\{[^\r\n]*?\}) -->/g;

/** The marker as one line of HTML comment, which nothing inside can end. It is invisible when rendered. */
export function writeMarker(value: Marker): string {
  const json = JSON.stringify(Marker.parse(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${OPENING}${json} -->`;
}

/**
 * The marker of `body`, or `null` where there is none that can be trusted: another author than the App (pass
 * its login as GitHub writes it, `slug[bot]`), more than one marker, or a value that does not fit.
 */
export function readMarker(body: string | null, author: string, appLogin: string): Marker | null {
  if (body === null || author !== appLogin || appLogin === '') return null;
  const found = [...body.matchAll(MARKER)];
  // Somebody else has added a second marker, and nothing says which of the two is the App's.
  const json = found.length === 1 ? found[0]?.[1] : undefined;
  if (json === undefined) return null;
  try {
    return Marker.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    return null;
  }
}
