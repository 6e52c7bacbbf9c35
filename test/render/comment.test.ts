import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { renderHelp, renderRefusal, renderUnknownCommand } from '../../src/render/comment.ts';
import { renderConfigIssue, renderPermissionNotice } from '../../src/render/notices.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { autolinks, page } from './github.ts';
import { hostile } from './hostile.ts';

const said = (markdown: string): string => (page(markdown).textContent ?? '').replace(/\s+/g, ' ');

describe('answers', () => {
  it('refuse with what is needed and what is there', () => {
    const none = { command: '/evolve', login: 'reader', needed: 'write', has: 'none' };
    expect(said(renderRefusal(none))).toContain('reader has no access');
    const text = said(renderRefusal({ command: '/evolve', login: 'reader', needed: 'write', has: 'read' }));
    expect(text).toContain('/evolve needs write access to this repository, and reader has read access');
    expect(text).toContain('Nothing was changed');
  });

  it('list the commands and who may give them', () => {
    const body = page(
      toMarkdown(
        renderHelp([
          { usage: '/report', summary: 'what is known', permission: 'read' },
          { usage: '/explain <file>', summary: 'why' },
        ]),
      ),
    );
    expect([...body.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual([
      '/report',
      'what is known',
      'everybody who can read',
      '/explain <file>',
      'why',
      'write access',
    ]);
  });

  it('offer the nearest command', () => {
    expect(said(renderUnknownCommand('/evovle', '/evolve'))).toContain('Did you mean /evolve?');
    expect(said(renderUnknownCommand('/x', null))).not.toContain('Did you mean');
  });
});

describe('notices', () => {
  const config = new OffbeatError('config-invalid', '`mod` is not a key.\n`dwell-days` must be a number.', {
    where: '.github/offbeat.yml:3:1',
    fix: 'Did you mean `mode`?',
  });

  it('say of a configuration where, what and how to mend it', () => {
    const { title, body } = renderConfigIssue(config);
    expect(title).toBe('Offbeat cannot read its configuration');
    for (const part of [
      '.github/offbeat.yml:3:1',
      'mod is not a key',
      'dwell-days must be',
      'Did you mean mode?',
    ]) {
      expect(said(body)).toContain(part);
    }
  });

  it('name the permission and who grants it', () => {
    const error = new OffbeatError('permission-missing', 'The App may not change workflow files here.');
    expect(said(renderPermissionNotice(error).body)).toContain('Workflows: read and write');
  });

  it('link nobody, whoever wrote the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const error = new OffbeatError('config-invalid', text, { where: text, fix: text });
        for (const markdown of [
          renderConfigIssue(error).body,
          renderPermissionNotice(error).body,
          renderRefusal({ command: text, login: text, needed: 'write', has: text }),
          renderUnknownCommand(text, text),
          toMarkdown(renderHelp([{ usage: text, summary: text }])),
        ]) {
          const body = page(markdown);
          expect(autolinks(body)).toEqual([]);
          expect([...body.querySelectorAll('a, img, script, h1, h2')]).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
