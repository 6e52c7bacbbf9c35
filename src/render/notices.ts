import type { OffbeatError } from '../errors.ts';
import { type Document, list } from './document.ts';
import { code, type Inline, sentence, words } from './inline.ts';
import { toMarkdown } from './to-markdown.ts';

/** An issue about one matter. Its title identifies it, so that there is only one such issue. */
export interface RenderedIssue {
  readonly title: string;
  readonly body: string;
}

/** An error as Markdown: where, what, how to fix it. Its message may name several problems, one a line. */
export function renderError(error: OffbeatError): string {
  return toMarkdown(errorDocument(error));
}

function errorDocument({ where, message, fix = '' }: OffbeatError): Document {
  const problems = message.split('\n').filter((line) => line.trim() !== '');
  const place = where === undefined ? '' : words`${code(where)}:`;
  const [problem] = problems.length === 1 ? problems : [];
  return [
    problem === undefined ? place : words`${place}${place === '' ? '' : ' '}${sentence(problem)}`,
    list(problem === undefined ? problems.map(unbulleted) : []),
    fix.includes('\n') ? list(fix.split('\n').map(unbulleted)) : sentence(fix),
  ];
}

function unbulleted(line: string): Inline {
  return sentence(line.replace(/^\s*[-*] /, ''));
}

/** The issue for a configuration that cannot be read: where, what, how to fix it. */
export function renderConfigIssue(error: OffbeatError): RenderedIssue {
  return {
    title: 'Offbeat cannot read its configuration',
    body: toMarkdown([
      'The configuration of Offbeat is not valid, so nothing is proposed here until it is. Runs are still watched ' +
        'and learned from.',
      ...errorDocument(error),
      'This issue is brought up to date as the file changes. An empty file, or none, means all defaults.',
    ]),
  };
}

/** The issue that says once which permission is missing, why it is needed, and who can grant it. */
export function renderPermissionNotice(error: OffbeatError): RenderedIssue {
  return {
    title: 'Offbeat may not write workflow files here',
    body: toMarkdown([
      'Offbeat knows better times for schedules of this repository and may not propose them.',
      ...errorDocument(error),
      'GitHub lets an App change files under `.github/workflows` only with the permission **Workflows: read and ' +
        'write**, besides **Contents** and **Pull requests**. An owner of the account can grant it in its ' +
        'settings: *GitHub Apps* → *Offbeat* → *Configure* → *Review request*.',
      'Until then Offbeat goes on observing, and `/report` shows what it would do. This is said once.',
    ]),
  };
}
