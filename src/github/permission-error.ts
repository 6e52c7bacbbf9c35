import { OffbeatError } from '../errors.ts';
import type { RepositoryWriter } from '../usecases/ports.ts';
import { statusOf } from './client.ts';

/** What each kind of writing needs, as GitHub names it in an App's settings. */
const NEEDED: Readonly<Record<keyof RepositoryWriter, readonly [name: string, title: string]>> = {
  openPull: ['contents` and `pull_requests', 'Contents and Pull requests'],
  updatePull: ['pull_requests', 'Pull requests'],
  comment: ['issues', 'Issues'],
  commentInPlace: ['issues', 'Issues'],
  issue: ['issues', 'Issues'],
  check: ['checks', 'Checks'],
};

/**
 * What GitHub says where a permission is missing, as `permission-missing`; anything else as it is. 403 and 422 stand for
 * much: nothing but the sentence tells the cases apart.
 */
export function asPermissionError(error: unknown, writing: keyof RepositoryWriter): unknown {
  const status = statusOf(error);
  if ((status !== 403 && status !== 422) || !(error instanceof Error)) return error;
  if (/without `?workflows`? permission/i.test(error.message)) {
    return missing('The App may not change workflow files here.', ['workflows', 'Workflows'], error);
  }
  if (/resource not accessible by integration/i.test(error.message)) {
    return missing('The App may not write this here.', NEEDED[writing], error);
  }
  return error;
}

function missing(what: string, [name, title]: readonly [string, string], cause: Error): OffbeatError {
  return new OffbeatError('permission-missing', what, {
    where: `permission \`${name}\``,
    fix: `Grant the App “${title}: read and write” in its installation settings.`,
    cause,
  });
}

/** The same writer, which says `permission-missing` where GitHub says so in its own way. */
export function sayingPermissions(writer: RepositoryWriter): RepositoryWriter {
  const saying =
    <Arguments extends readonly unknown[], Result>(
      writing: keyof RepositoryWriter,
      write: (...given: Arguments) => Promise<Result>,
    ) =>
    async (...given: Arguments): Promise<Result> => {
      try {
        return await write(...given);
      } catch (error) {
        throw asPermissionError(error, writing);
      }
    };
  return {
    openPull: saying('openPull', writer.openPull),
    updatePull: saying('updatePull', writer.updatePull),
    comment: saying('comment', writer.comment),
    commentInPlace: saying('commentInPlace', writer.commentInPlace),
    issue: saying('issue', writer.issue),
    check: saying('check', writer.check),
  };
}
