import { describe, expect, it } from 'vitest';
import { createCookie } from '../../../src/http/session/cookie.ts';
import { createSessions } from '../../../src/http/session/sessions.ts';
import { ownPath } from '../../../src/http/session/sign-in.ts';
import { memoryKeys } from './memory-keys.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 4, 4);
const person = { id: 7, login: 'maintainer' };

function at(time: number, secret = 'one secret', secure = false) {
  return createSessions({ secret, secure, clock: { now: () => time }, ended: memoryKeys() });
}

const cookieOf = (setCookie: string): string => setCookie.split(';', 1)[0] ?? '';

describe('a session', () => {
  it('is read back by any process with the secret, until it ends', async () => {
    const cookie = cookieOf(await at(START).begin(person, 'token', null));
    expect(await at(START + HOUR_MS).read(cookie)).toMatchObject({ person, token: 'token' });
    expect(await at(START + 8 * HOUR_MS - 1_000).read(`other=1; ${cookie}; more=2`)).not.toBeNull();
    expect(await at(START + 8 * HOUR_MS + 1_000).read(cookie)).toBeNull();
  });

  it('ends with the token', async () => {
    const cookie = cookieOf(await at(START).begin(person, 'token', START + HOUR_MS));
    expect(await at(START + HOUR_MS + 1_000).read(cookie)).toBeNull();
  });

  it('shows neither token nor login in the cookie', async () => {
    const cookie = cookieOf(await at(START).begin(person, 'ghu_secret', null));
    const plain = cookie
      .split(/[.=]/)
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join();
    expect(cookie + plain).not.toMatch(/ghu_secret|maintainer/);
  });

  it.each([
    ['nothing', null],
    ['an empty value', 'offbeat='],
    ['a text of one’s own', 'offbeat=abc'],
    ['an unencrypted token', 'offbeat=eyJhbGciOiJub25lIn0.eyJ2YWx1ZSI6e319.'],
  ])('is not made of %s', async (_, header) => {
    expect(await at(START).read(header)).toBeNull();
  });

  it('is not made of a changed cookie, another secret, or a cookie for another purpose', async () => {
    const cookie = cookieOf(await at(START).begin(person, 'token', null));
    const changed = `${cookie.slice(0, -8)}${cookie.at(-8) === 'A' ? 'B' : 'A'}${cookie.slice(-7)}`;
    expect(await at(START).read(changed)).toBeNull();
    expect(await at(START, 'another secret').read(cookie)).toBeNull();
    expect(await at(START).read(cookie.replace('offbeat=', 'offbeat-sign-in='))).toBeNull();
  });

  it('has a form token of its own', async () => {
    const sessions = at(START);
    const read = async () => {
      const session = await sessions.read(cookieOf(await sessions.begin(person, 'token', null)));
      if (session === null) throw new Error('no session');
      return session;
    };
    const [one, other] = [await read(), await read()];
    expect(sessions.isFormToken(one, sessions.formToken(one))).toBe(true);
    for (const text of [sessions.formToken(other), '', undefined, 7, `${sessions.formToken(one)}x`]) {
      expect(sessions.isFormToken(one, text)).toBe(false);
    }
  });
});

describe('the cookie', () => {
  it('is for this host, this protocol and no script', () => {
    const cookie = createCookie('offbeat', true).write('v', START);
    expect(cookie.split('; ')).toEqual([
      '__Host-offbeat=v',
      'Path=/',
      expect.stringMatching(/^Expires=Mon, 04 May 2026/),
      'HttpOnly',
      'Secure',
      'SameSite=Lax',
    ]);
    expect(createCookie('offbeat', true).read('offbeat=v')).toBeNull();
    expect(createCookie('offbeat', false).clear()).toContain('Max-Age=0');
  });
});

describe('where a sign-in may return to', () => {
  it.each([
    ['/repositories/7/week', '/repositories/7/week'],
    [
      '/repositories/7/day?date=2026-05-04&workflow=a%2Fb',
      '/repositories/7/day?date=2026-05-04&workflow=a%2Fb',
    ],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['/a\r\nset-cookie: x=y', '/'],
    ['javascript:alert(1)', '/'],
    ['', '/'],
  ])('%j: %s', (asked, path) => {
    expect(ownPath(asked)).toBe(path);
  });
});
