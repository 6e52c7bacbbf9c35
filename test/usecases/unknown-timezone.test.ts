import { beforeEach, describe, expect, it } from 'vitest';
import { findOperation } from '../../src/operations/table.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { planRepository } from '../../src/usecases/planning/plan-repository.ts';
import { fakeContext, SEEN, watchNights } from './fakes.ts';

const NIGHTLY = '.github/workflows/nightly.yml';
const TWIN = '.github/workflows/twin.yml';
const PINNED = '.github/workflows/pinned.yml';
const CONFIG = 'mode: suggest\nmin-confidence: 0\nmin-benefit: 0\nmax-shift: 12h\nmax-change-share: 0.5\n';
const textOf = (more: string) =>
  `on:\n  schedule:\n    - cron: '0 2 * * *'\n${more}jobs:\n  a:\n    runs-on: builders\n`;

let fake: ReturnType<typeof fakeContext>;

beforeEach(async () => {
  const files = [
    { path: NIGHTLY, text: textOf('') },
    { path: TWIN, text: textOf('') },
    { path: PINNED, text: textOf('      timezone: Europe/Berln\n') },
  ];
  fake = fakeContext({ files, config: CONFIG, sha: 'a'.repeat(40) });
  await watchNights(fake, [NIGHTLY, TWIN, PINNED], 10);
});

async function ask(name: string, input: object = {}): Promise<string> {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`There is no operation ${name}.`);
  const where = { context: fake.context, repositoryId: SEEN.id, actor: 'mona' };
  return toMarkdown((await operation.answer(input, where)).document);
}

describe('an unknown timezone in one file of a repository', () => {
  it('leaves the other file to planning', async () => {
    const round = await planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'run' });
    if (round.kind !== 'proposed') throw new Error(round.kind);
    const outcomes = round.decision.schedules.map(({ path, outcome }) => ({ path, outcome }));
    expect(outcomes).toContainEqual({ path: PINNED, outcome: 'refused' });
    expect(outcomes.map(({ outcome }) => outcome)).toContain('move');
  });

  it.each([
    ['predict', { workflow: 'nightly.yml' }],
    ['batch', {}],
    ['insights', {}],
    ['explain', {}],
    ['accuracy', {}],
    ['history', {}],
  ])('does not stop %s', async (name, input) => {
    await planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'run' });
    expect(await ask(name, input)).toContain('nightly');
  });

  it.each(['health', 'report'])('is named by %s, with what to write', async (name) => {
    await planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'run' });
    const answer = await ask(name);
    expect(answer).toContain('pinned.yml');
    expect(answer).toContain('Did you mean');
  });
});
