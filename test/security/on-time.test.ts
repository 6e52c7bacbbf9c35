import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { createDispatcher } from '../../src/github/dispatcher.ts';
import { PATH, START, world } from '../usecases/on-time/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MANUAL = '.github/workflows/deploy.yml';
const SCHEDULED = `on:\n  schedule:\n    - cron: '0 3 * * *'\n  workflow_dispatch:\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n`;

describe('a configuration that asks for more than its own schedules', () => {
  it('starts neither a workflow without a schedule nor one of another repository', async () => {
    const names = [
      'deploy.yml',
      MANUAL,
      'acme/other/.github/workflows/release.yml',
      '../../../acme/other/.github/workflows/release.yml',
      'https://github.com/acme/other/blob/main/.github/workflows/release.yml',
    ];
    const rules = names
      .map((name) => `  ${JSON.stringify(name)}: { on-time: punctual, net: cron }\n`)
      .join('');
    const at = await world({
      config: `mode: suggest\nworkflows:\n${rules}`,
      repository: {
        files: [
          { path: PATH, text: SCHEDULED },
          { path: MANUAL, text: SCHEDULED.replace(/ {2}schedule:\n.*\n/, '') },
        ],
      },
    });
    at.start();
    await at.until(START + DAY);
    expect(at.actions.asked).toEqual([]);
  });

  it('asks once for each of many files after days in which nobody was there', async () => {
    const files = Array.from({ length: 20 }, (_, one) => ({
      path: `.github/workflows/w${one}.yml`,
      text: SCHEDULED.replace('0 3 * * *', '*/5 * * * *'),
    }));
    const at = await world({ repository: { files } });
    at.clock.at = START + 3 * DAY;
    at.restart();
    await at.until(START + 3 * DAY);
    expect(at.actions.asked.map(({ path }) => path).toSorted()).toEqual(
      files.map(({ path }) => path).toSorted(),
    );
  });
});

it('starts nothing in a fork that only has the configuration of its parent', async () => {
  const at = await world();
  const { profile } = await at.state();
  await at.store.apply(profile.id, { profile: { ...profile, fork: true } });
  await at.read();
  at.start();
  await at.until(START + DAY);
  expect(at.actions.asked).toEqual([]);
  expect((await at.state()).onTime?.files[0]?.obstacles).toEqual([expect.stringContaining('This is a fork')]);
});

describe('a request for a run', () => {
  const NAMES = [
    'x.yml?ref=evil',
    'x.yml#evil',
    '..%2F..%2Fother.yml',
    '..\\other.yml',
    'a b.yml',
    'x.yml/../../y.yml',
  ];

  it.each(NAMES)('for a file called %s goes to this repository, with inputs as they are', async (name) => {
    const sent: { readonly url: URL; readonly body: string }[] = [];
    const client = new Octokit({
      request: {
        fetch: async (url: string, { body = '' }: { readonly body?: string }) => {
          sent.push({ url: new URL(url), body });
          return new Response(null, { status: 204 });
        },
      },
    });
    const inputs = {
      note: '"; ::error::x\n\u0024{{ secrets.A }} $(id) `id`',
      constructor: 'x',
      n: 1,
      yes: true,
    };
    await createDispatcher(client, { owner: 'acme', repo: 'site' }).dispatch({
      path: `.github/workflows/${name}`,
      ref: 'main',
      inputs,
      withDetails: false,
    });
    expect(sent).toHaveLength(1);
    const [{ url, body } = { url: new URL('http://x'), body: '' }] = sent;
    expect(url.pathname).toMatch(/^\/repos\/acme\/site\/actions\/workflows\/[^/]+\/dispatches$/);
    expect(`${url.search}${url.hash}`).toBe('');
    expect(JSON.parse(body)).toEqual({ ref: 'main', inputs });
  });
});
