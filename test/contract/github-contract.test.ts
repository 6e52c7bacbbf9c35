import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Answer, Exchange } from '../../src/demo/exchange.ts';
import { ContractWatch } from './contract-watch.ts';
import { offencesOf } from './github-contract.ts';

type Asked = Pick<Exchange, 'method' | 'path' | 'query' | 'body'>;

function asked(method: string, address: string, body: Exchange['body'] = {}): Asked {
  const { pathname, searchParams } = new URL(address, 'https://api.github.com');
  return { method, path: pathname, query: searchParams, body };
}

const NOTHING: Answer = { status: 404, body: { message: 'Not Found' } };

function wrong(request: Asked, answer: Answer = NOTHING): readonly string[] | undefined {
  return offencesOf(request, answer)?.map(({ side, what }) => `${side}: ${what}`);
}

describe('the contract with GitHub', () => {
  it.each([
    [
      'a query that GitHub does not know',
      asked('GET', '/repos/o/r/pulls?stat=open'),
      'query stat is unknown',
    ],
    [
      'a value that it does not know',
      asked('GET', '/repos/o/r/pulls?state=opened'),
      'must be equal to one of',
    ],
    [
      'a field that it does not know',
      asked('POST', '/repos/o/r/issues', { title: 'a', text: 'b' }),
      'body.text is unknown',
    ],
    [
      'a field that is missing',
      asked('POST', '/repos/o/r/pulls', { head: 'a', title: 'b' }),
      "required property 'base'",
    ],
    [
      'a field of another type',
      asked('POST', '/repos/o/r/issues', { title: 'a', labels: 'b' }),
      'must be array',
    ],
    [
      'a body where none belongs',
      asked('DELETE', '/repos/o/r/git/refs/heads/a/b', { sha: 'a' }),
      'body is not expected',
    ],
  ])('refuses %s', (_, request, what) => {
    const found = wrong(request);
    expect(found).toHaveLength(1);
    expect(found?.[0]).toMatch(/^request: /);
    expect(found?.[0]).toContain(what);
  });

  it.each([
    asked('GET', '/repos/o/r/contents/.github/workflows?ref=abc'),
    asked('GET', '/repos/o/r/git/ref/heads/offbeat/schedules'),
    asked('POST', '/repos/o/r/pulls', { head: 'a', base: 'b', title: 'c', body: 'd' }),
  ])('takes what GitHub describes', (request) => {
    expect(wrong(request)).toEqual([]);
  });

  it('holds answers against their schema, with the place', () => {
    const answer = {
      status: 200,
      body: { ref: 'refs/heads/main', node_id: 'a', url: 'b', object: { sha: 1 } },
    };
    expect(wrong(asked('GET', '/repos/o/r/git/ref/heads/main'), answer)).toContain(
      'answer: 200.object.sha must be string',
    );
  });

  it('knows no operation that GitHub does not have', () => {
    expect(offencesOf(asked('PUT', '/repos/o/r/schedules'), NOTHING)).toBeNull();
    const watch = new ContractWatch();
    watch.observe(
      { ...asked('PUT', '/repos/o/r/schedules'), authorization: '', caller: { kind: 'app' } },
      NOTHING,
    );
    expect(() => watch.assertKept()).toThrow('PUT /repos/o/r/schedules is no operation');
  });
});

describe('the watch over the contract', () => {
  const users = globSync('{test,bench}/**/*.ts')
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
    .filter(
      ({ path, text }) =>
        text.includes('startEmulator({') && path !== 'test/contract/github-contract.test.ts',
    );

  it.each(users)('stands before each emulated GitHub of $path', ({ text }) => {
    const started = text.match(/startEmulator\(\{/g)?.length;
    expect(text.match(/\bobserve: \w+\.observe\b/g)).toHaveLength(started ?? 0);
    expect(text).toContain('.assertKept(');
  });

  it('has found them', () => {
    expect(users.map(({ path }) => path)).toContain('test/cli/tick.test.ts');
  });
});
