import { issueCommentCreated } from '../events/issue-comment-created.ts';
import { parsePayload } from '../events/payloads.ts';
import { welcomeRepository } from '../usecases/maintenance/installation.ts';
import { type ConnectedStep, inSession } from './session.ts';

/** Carries out and answers the commands in the comment that started the workflow. */
export async function answerCommentInAction(step: ConnectedStep): Promise<void> {
  const payload = parsePayload('issue_comment', step.surroundings.event);
  if (payload.action !== 'created') return;
  await inSession(step, async ({ context, seen, isNew }) => {
    if (isNew) await welcomeRepository(context, seen);
    await issueCommentCreated(context, seen, payload);
  });
}
