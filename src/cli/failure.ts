import { OffbeatError } from '../errors.ts';
import { classifyAnswer } from '../github/classify-answer.ts';
import { statusOf } from '../github/client.ts';
import { MINUTE_MS } from '../time.ts';

/** What went wrong, as a sentence for a terminal: never a stack or a list of a schema's complaints. */
export function failureSentence(error: unknown): string {
  if (error instanceof OffbeatError) return error.sentence;
  return (
    githubSentence(error) ??
    `Offbeat could not go on: ${firstLine(error)}. This is a fault of Offbeat; please report it.`
  );
}

function githubSentence(error: unknown): string | null {
  const status = statusOf(error);
  if (status === undefined) return null;
  const meaning = classifyAnswer(error, Date.now());
  switch (meaning.kind) {
    case 'refused':
      return `GitHub refuses: ${meaning.sentence}`;
    case 'again-later':
      return `GitHub takes no more requests for now. Try again in ${Math.ceil(meaning.waitMs / MINUTE_MS)} min.`;
    case 'again-soon':
    case 'not-yet-there':
      return `GitHub cannot be reached: ${firstLine(error)}. Try again, or see that GITHUB_API_URL is right.`;
    case 'not-accepted':
      return 'GitHub does not accept the token. Set GITHUB_TOKEN to one that is still valid.';
    case 'other':
      return `GitHub answered ${status}: ${firstLine(error)}.`;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [line = ''] = text.split('\n');
  return line.replace(/\.$/, '');
}
