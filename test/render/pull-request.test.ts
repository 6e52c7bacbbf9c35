import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMarker } from '../../src/proposal/marker.ts';
import { movesOf } from '../../src/proposal/moves.ts';
import type { CronCopies } from '../../src/render/merge-notes.ts';
import {
  MAX_BODY_CODE_POINTS,
  type PullRequestView,
  renderPullRequest,
} from '../../src/render/pull-request.ts';
import { decision, NOW, outlook, schedule } from '../proposal/sample.ts';
import { autolinks, page } from './github.ts';
import { hostile } from './hostile.ts';
import { parseDiagram } from './mermaid.ts';

const HOUR = 3_600_000;

function view(over: Partial<PullRequestView> = {}): PullRequestView {
  return {
    decision: decision(),
    repositoryId: 42,
    mergeWindow: { from: NOW + 4 * HOUR, to: NOW + 9 * HOUR },
    recentCommitTitles: [],
    commands: [{ usage: '/explain <file>', summary: 'why this time' }],
    actors: ['octocat'],
    ...over,
  };
}

describe('the pull request', () => {
  const { title, body, commitMessage, branch } = renderPullRequest(view());
  const rendered = page(body);

  it('names the move in title, commit and table', () => {
    expect(branch).toBe('offbeat/schedules');
    expect(title).toBe('Move nightly.yml to a better time');
    expect(commitMessage).toBe(`${title}\n\n- nightly.yml: 0 2 * * * → 17 21 * * *`);
    const cells = [...(rendered.querySelectorAll('table')[0]?.querySelectorAll('td') ?? [])].map(
      (cell) => cell.textContent,
    );
    expect(cells[0]).toContain('Nightly');
    expect(cells[1]).toContain('0 2 * * *');
    expect(cells[2]).toContain('17 21 * * *');
    expect(cells[3]?.replaceAll('\u00a0', ' ')).toContain('late by 2 h 38 min → 30 min');
    expect(cells[4]?.replaceAll('\u00a0', ' ')).toBe('80 %');
  });

  it.each([
    ['what was seen', 'Half start within 2 h 38 min'],
    ['lost runs and the time to merge', '2026-05-04 07:17 – 12:17 UTC'],
    ['failure e-mails and who gets them so far', 'So far that is octocat'],
    ['the old time', 'The old time may fire'],
    ['punctuality', 'Punctuality is not promised'],
    ['what closing means', 'not proposed again unless'],
    ['the commands', '/explain <file>'],
    ['the method', 'How this was decided'],
  ])('tells of %s', (_, text) => {
    expect((rendered.textContent ?? '').replaceAll('\u00a0', ' ').replace(/\s+/g, ' ')).toContain(text);
  });

  it('claims no gain that nobody counts on', () => {
    const unknown = schedule({ latenessBelief: 0 });
    const { body: cautious } = renderPullRequest(view({ decision: decision([unknown]) }));
    const [lead, table] = cautious.split('\n\n');
    expect(lead).not.toContain('closer to their time');
    expect(lead).toContain('less in each other’s way');
    expect(table).toContain('lateness there hardly known yet');
    expect(table).not.toContain('late by');
  });

  it('draws a day that Mermaid understands', async () => {
    expect(await parseDiagram(rendered.querySelector('code.language-mermaid')?.textContent ?? '')).toBe(
      'xychart',
    );
  });

  it('carries its state unseen', () => {
    expect(readMarker(body, 'offbeat[bot]', 'offbeat[bot]')).toMatchObject({
      repositoryId: 42,
      decisionId: 'd-1',
      moves: movesOf(decision()),
    });
    expect(rendered.textContent).not.toContain('offbeat:state');
  });

  it('is worded like the project’s own commits', () => {
    const titles = ['fix(api): close sockets', 'Merge pull request #3 from x', 'feat: more', 'Oops'];
    expect(renderPullRequest(view({ recentCommitTitles: titles })).title).toBe(
      'ci: move nightly.yml to a better time',
    );
    expect(renderPullRequest(view({ recentCommitTitles: ['Add x', 'Fix y'] })).title).toBe(title);
  });

  it('names what is held back, and owns up to figures of other schedules', () => {
    const held = ['a', 'b', 'c', 'd'].map((name) =>
      schedule({ path: `.github/workflows/${name}.yml`, outcome: 'held' }),
    );
    const { body } = renderPullRequest(view({ decision: decision([schedule({ runsSeen: 0 }), ...held]) }));
    expect(body).toContain('For `a.yml`, `b.yml`, `c.yml` and 1 more better times are in sight too');
    expect(body).toContain('no scheduled run seen yet');
  });

  it('names comments that state the old time', () => {
    const { body } = renderPullRequest(
      view({
        staleComments: [{ path: '.github/workflows/nightly.yml', line: 4, time: '2am' }],
      }),
    );
    expect(body).toContain('`nightly.yml` line 4 (“2am”)');
    expect(renderPullRequest(view()).body).not.toContain('name the old time');
  });

  it('names other files in which an old cron stands, ten at most, and whether some were not looked into', () => {
    const copy = { path: 'docs/ci.md', line: 3, cron: '0 2 * * *' };
    const body = (copies: CronCopies) => renderPullRequest(view({ copies })).body;
    expect(body({ copies: [copy], isCut: false })).toContain(
      'The old crons stand in other files too:** `docs/ci.md` line 3 (`0 2 * * *`). Those are left to you.',
    );
    expect(body({ copies: [copy], isCut: false })).not.toContain('Not all files');
    expect(body({ copies: Array(12).fill(copy), isCut: true })).toMatch(
      /and 2 more\. Those are left to you\. Not all files of the repository were looked into\./,
    );
    expect(body({ copies: [], isCut: true })).toContain(
      'Copies of the old crons** may stand in other files.',
    );
    expect(body({ copies: [], isCut: false })).not.toContain('old crons');
  });

  it('says so where there is no quiet time to merge', () => {
    expect(renderPullRequest(view({ mergeWindow: null })).body).toContain('leave no quiet time');
  });

  it('stays whole and within GitHub’s limit with thousands of long-named moves', () => {
    for (const size of [1, 30, 300, 3000]) {
      const moves = Array.from({ length: size }, (_, n) =>
        schedule({
          path: `.github/workflows/${'x'.repeat(90)}-${n}.yml`,
          workflowName: '@'.repeat(200),
          reasons: Array(5).fill('A long sentence about the schedule. '.repeat(15)),
          alternatives: Array(400).fill({ cron: '7 3 * * *', score: 1 }),
        }),
      );
      const large = renderPullRequest(view({ decision: decision(moves) })).body;
      expect([...large].length).toBeLessThanOrEqual(MAX_BODY_CODE_POINTS);
      const drawn = page(large);
      expect(large.match(/<details>/g)?.length).toBe(large.match(/<\/details>/g)?.length);
      expect(drawn.querySelectorAll('h3').length).toBe(4);
      expect(readMarker(large, 'a', 'a')?.decisionId).toBe('d-1');
    }
  });

  it('does nothing that a name asks for', () => {
    const plain = new Set(
      [...page(renderPullRequest(view()).body).querySelectorAll('*')].map(({ tagName }) => tagName),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, path) => {
        const move = schedule({
          workflowName: name,
          path: `.github/workflows/${path}.yml`,
          reasons: [`\`${path}\` runs late: ${name}`],
          today: outlook({ finishByProbability: 0.2 }),
          proposed: outlook({ finishByProbability: 0.8 }),
        });
        const { title, body, commitMessage } = renderPullRequest(
          view({ decision: decision([move]), actors: [name], commands: [{ usage: name, summary: path }] }),
        );
        const drawn = page(body);
        expect([...drawn.querySelectorAll('*')].filter(({ tagName }) => !plain.has(tagName))).toEqual([]);
        expect(autolinks(drawn)).toEqual([]);
        expect(drawn.querySelectorAll('h3').length).toBe(4);
        expect(title).not.toMatch(/[@#\n]/);
        expect(commitMessage).not.toMatch(/[@#[\]]/);
      }),
      { numRuns: 150 },
    );
  });
});
