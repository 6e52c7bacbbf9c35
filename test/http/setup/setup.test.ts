import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEnv } from '../../../src/env.ts';
import { readEnvFile } from '../../../src/http/setup/env-file.ts';
import { type SetupServer, startSetup } from '../../../src/http/setup/setup.ts';
import { ON_TIME_REASON, PERMISSION_REASONS } from '../../../src/http/setup/setup-page.ts';
import { type FakeGitHub, startFakeGitHub } from '../../serve/fake-github.ts';
import { keepingLog } from '../../store/sample.ts';

const PEM = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

const CONVERSION = {
  id: 4711,
  slug: 'offbeat-of-acme',
  html_url: 'https://github.com/apps/offbeat-of-acme',
  client_id: 'Iv1.8a61f9b3a7aba766',
  client_secret: '1726be1638095a19edd134c77bde3aa2ece1e5d8',
  webhook_secret: 'e340154128314309424b7c8e90325147d99fdafa',
  pem: PEM,
  owner: { login: 'acme' },
};
const SECRETS = [CONVERSION.client_secret, CONVERSION.webhook_secret, PEM, 'the-code'];

let github: FakeGitHub;
let directory: string;
let file: string;
let log: ReturnType<typeof keepingLog>;
let server: SetupServer;
let cookie: string;

beforeEach(async () => {
  github = await startFakeGitHub();
  directory = await mkdtemp(join(tmpdir(), 'offbeat-setup-'));
  file = join(directory, '.env');
  log = keepingLog();
  server = await startSetup({
    env: { publicUrl: 'https://offbeat.example.com', githubApiUrl: github.url, host: '127.0.0.1', port: 0 },
    file,
    log,
  });
  cookie = (await enter(` ${server.code.toLowerCase()} `)).cookie;
});

afterEach(async () => {
  await server.stop();
  await github.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Gives a code as the form does; answers the status, and the cookie of a browser that was let in. */
async function enter(code: string) {
  const response = await fetch(`${server.url}/setup`, {
    method: 'POST',
    body: new URLSearchParams({ code }),
    redirect: 'manual',
  });
  return { status: response.status, cookie: response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '' };
}

async function open(path: string, as = cookie) {
  const response = await fetch(`${server.url}${path}`, { redirect: 'manual', headers: { cookie: as } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, page: new JSDOM(text).window.document };
}

/** The form that goes to GitHub, as a browser would send it. */
async function registrationForm(query = '?organization=') {
  const { page } = await open(`/setup${query}`);
  const form = page.querySelector('form[method=post]');
  const manifest: unknown = JSON.parse(
    page.querySelector('input[name=manifest]')?.getAttribute('value') ?? '',
  );
  const action = new URL(form?.getAttribute('action') ?? '');
  return { page, action, manifest, state: action.searchParams.get('state') ?? '' };
}

const done = (state: string, code = 'the-code') =>
  open(`/setup/done?code=${code}&state=${encodeURIComponent(state)}`);

describe('the code of the setup', () => {
  it('is asked of everybody before there is anything to register, and is good once', async () => {
    for (const path of ['/setup', '/setup/done?code=a&state=b', '/setup?organization=acme']) {
      for (const as of ['', 'offbeat-setup=guess', '__Host-offbeat-setup=']) {
        const { page, text } = await open(path, as);
        expect(page.querySelector('input[name=code]')).not.toBeNull();
        expect(text).not.toContain('manifest');
      }
    }
    expect(await enter(server.code)).toEqual({ status: 403, cookie: '' });
    expect((await open('/setup')).page.querySelector('input[name=organization]')).not.toBeNull();
    expect(github.requests).toEqual([]);
  });

  it('lets nobody in who gives another, nothing, or a form without end', async () => {
    for (const code of ['', server.code.slice(1), `${server.code}A`, 'A'.repeat(100_000)]) {
      expect(await enter(code)).toEqual({ status: 403, cookie: '' });
    }
  });
});

describe('the page of the setup', () => {
  it('shows no path of the machine, and a reason for each permission', async () => {
    github.answer({ status: 201, body: CONVERSION });
    const { page, manifest, state } = await registrationForm();
    const { default_permissions: asked } = manifest as { default_permissions: Record<string, string> };
    const reasons = [...page.querySelectorAll('li')].map((item) => item.textContent ?? '');
    expect(Object.keys(asked).sort()).toEqual(Object.keys(PERMISSION_REASONS).sort());
    for (const reason of reasons) expect(reason).toMatch(/^\w+: (?:read|write)\. \w.+\.$/);
    const pages = [(await open('/setup')).text, (await done(state)).text, (await open('/setup')).text];
    for (const text of pages) expect(text).not.toContain(directory);
  });
});

describe('GET /setup', () => {
  it('posts the manifest of app.yml to the account’s page, with the addresses of this server', async () => {
    const { action, manifest } = await registrationForm();
    expect(`${action.origin}${action.pathname}`).toBe(`${github.url}/settings/apps/new`);
    expect(manifest).toMatchObject({
      name: 'Offbeat',
      hook_attributes: { url: 'https://offbeat.example.com/api/github/webhooks' },
      redirect_url: 'https://offbeat.example.com/setup/done',
    });
  });

  it('shows one form at a time, so that no choice is dropped when the App is registered', async () => {
    const { page } = await open('/setup');
    const [form, other] = page.querySelectorAll('form');
    expect(other).toBeUndefined();
    expect(form?.getAttribute('method')).toBe('get');
    expect([...page.querySelectorAll('input')].map((input) => input.getAttribute('name'))).toEqual([
      'organization',
      'on-time',
    ]);
    expect((await registrationForm()).page.querySelectorAll('form')).toHaveLength(1);
  });

  it('posts it to an organisation’s page where one is named, and keeps the state', async () => {
    const own = await registrationForm();
    const { action, state, page } = await registrationForm('?organization=acme');
    expect(action.pathname).toBe('/organizations/acme/settings/apps/new');
    expect(state).toBe(own.state);
    expect(page.querySelector('b')?.textContent).toBe('acme');
  });

  it('asks for actions: write only where the operator chooses on time, and says what for', async () => {
    const plain = await registrationForm();
    expect(plain.manifest).toMatchObject({ default_permissions: { actions: 'read' } });
    expect(plain.page.querySelector('ul')?.textContent).not.toContain(ON_TIME_REASON);
    const { manifest, page } = await registrationForm('?organization=acme&on-time=on');
    expect(manifest).toMatchObject({ default_permissions: { actions: 'write', contents: 'write' } });
    expect(page.querySelector('ul')?.textContent).toContain(ON_TIME_REASON);
  });

  it('refuses an impossible organisation name without showing it', async () => {
    const { page } = await open('/setup?organization=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&on-time=on');
    expect(page.querySelector('input[name=manifest]')).toBeNull();
    expect(page.querySelector('input[name=on-time]')?.getAttribute('checked')).toBe('');
    expect(page.querySelector('[role=alert]')?.textContent).toMatch(/cannot be the name/);
    expect(page.querySelector('script')).toBeNull();
  });

  it('has a policy that allows no script, no resource, and forms to GitHub alone', async () => {
    const { headers, page } = await open('/setup');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`form-action 'self' ${github.url};`);
    expect(policy).not.toMatch(/unsafe|script-src/);
    const style = page.querySelector('style')?.textContent ?? '';
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(page.querySelectorAll('script, link, img, [style], [onclick]')).toHaveLength(0);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is where / redirects to, and other paths are 404', async () => {
    expect((await open('/')).headers.get('location')).toBe('/setup');
    expect((await open('/api/github/webhooks')).status).toBe(404);
    expect((await fetch(`${server.url}/setup/done`, { method: 'POST' })).status).toBe(405);
    for (const path of ['/healthz', '/readyz']) {
      expect(await open(path)).toMatchObject({ status: 200, text: '{"status":"setup"}' });
    }
  });

  it('is ready for a proxy that names no host', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.end('GET /readyz HTTP/1.0\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('{"status":"setup"}');
  });
});

describe('GET /setup/done', () => {
  it('exchanges the code for credentials that the App then starts with', async () => {
    await writeFile(file, '# mine\nPORT=8080\nAPP_ID=\n', { mode: 0o644 });
    github.answer({ status: 201, body: CONVERSION });
    const { state } = await registrationForm();
    const { status, page } = await done(state);

    expect(github.requests.map(({ line }) => line)).toEqual(['POST /app-manifests/the-code/conversions']);
    expect(status).toBe(200);
    expect(page.body.textContent).toMatch(/Start Offbeat again/);
    expect([...page.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toContain(
      'https://github.com/apps/offbeat-of-acme/installations/new',
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^# mine\nPORT=8080\nAPP_ID=4711\n/);
    const kept = await readEnvFile(file);
    expect(kept).toMatchObject({
      GITHUB_CLIENT_ID: CONVERSION.client_id,
      GITHUB_CLIENT_SECRET: CONVERSION.client_secret,
    });
    expect(readEnv(kept)).toMatchObject({
      appId: 4711,
      privateKey: PEM,
      secrets: [CONVERSION.webhook_secret],
      port: 8080,
    });
  });

  it('shows no secret on the page and logs none', async () => {
    github.answer({ status: 201, body: CONVERSION });
    const { state } = await registrationForm();
    const { text } = await done(state);
    const said = `${text}${JSON.stringify(log.lines)}`;
    expect(log.lines).not.toEqual([]);
    for (const secret of SECRETS) expect(said).not.toContain(secret);
  });

  it('does not send the code when the state is not its own', async () => {
    const { state } = await registrationForm();
    for (const wrong of ['', 'x', `${state}x`, state.toUpperCase()]) {
      expect((await done(wrong)).status).toBe(400);
    }
    expect((await open(`/setup/done?state=${encodeURIComponent(state)}`)).status).toBe(400);
    expect(github.requests).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is not what a program gets that asks for the head of the page, and keeps the code', async () => {
    const { state } = await registrationForm();
    const address = `${server.url}/setup/done?code=the-code&state=${encodeURIComponent(state)}`;
    const { status } = await fetch(address, { method: 'HEAD', headers: { cookie } });
    expect(status).toBe(405);
    expect(github.requests).toEqual([]);
  });

  it('asks GitHub once when the page is loaded repeatedly', async () => {
    github.answer({ status: 201, body: CONVERSION }, { status: 404 });
    const { state } = await registrationForm();
    const pages = await Promise.all([done(state), done(state)]);
    pages.push(await done(state), await open('/setup'));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const { page } of pages) expect(page.querySelector('h1')?.textContent).toBe('The App is registered');
    expect(github.requests).toHaveLength(1);
  });

  it('escapes what GitHub says', async () => {
    github.answer({ status: 201, body: { ...CONVERSION, slug: '<script>alert(1)</script>' } });
    const { state } = await registrationForm();
    const { page } = await done(state);
    expect(page.querySelector('script')).toBeNull();
    expect(page.body.textContent).toContain('<script>');
  });

  it.each([
    ['a code that is used up', { status: 404 }, /A code is good once/],
    ['a fault of GitHub', { status: 503 }, /status 503/],
    ['an answer without secret', { status: 201, body: { ...CONVERSION, webhook_secret: null } }, /by hand/],
    [
      'an address that is no web page',
      { status: 201, body: { ...CONVERSION, html_url: 'javascript:alert(1)' } },
      /by hand/,
    ],
  ])('%s is said, nothing is written, and it may be tried again', async (_, answer, sentence) => {
    const terminal = vi.spyOn(console, 'error');
    github.answer(answer, { status: 201, body: CONVERSION });
    const { state } = await registrationForm();
    const { status, page } = await done(state);
    expect(status).toBe(502);
    expect(page.body.textContent).toMatch(sentence);
    expect(await readdir(directory)).toEqual([]);
    expect(JSON.stringify([log.lines, terminal.mock.calls])).not.toContain('the-code');
    expect((await done(state, 'another-code')).status).toBe(200);
  });

  it('says where to get new credentials when the file cannot be written', async () => {
    github.answer({ status: 201, body: CONVERSION });
    const { state } = await registrationForm();
    await rm(directory, { recursive: true });
    const { status, page, text } = await done(state);
    expect(text).not.toContain(directory);
    expect(status).toBe(502);
    expect(page.body.textContent).toMatch(/could not be kept.*https:\/\/github\.com\/apps\/offbeat-of-acme/s);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });
});

describe('before it listens', () => {
  it('refuses to start when the credentials file cannot be written', async () => {
    await writeFile(file, '');
    const starting = startSetup({
      env: { publicUrl: 'https://x.example', githubApiUrl: github.url, host: '127.0.0.1', port: 0 },
      file: join(directory, '.env', 'a-file-stands-here'),
      log,
    });
    await expect(starting).rejects.toMatchObject({ code: 'env-invalid' });
  });
});
