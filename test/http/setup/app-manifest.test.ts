import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  appManifest,
  githubWebUrl,
  isAccountName,
  registrationUrl,
} from '../../../src/http/setup/app-manifest.ts';

const APP_FILE = readFileSync(new URL('../../../app.yml', import.meta.url), 'utf8');

describe('the manifest', () => {
  it('holds what app.yml says, and the address of this server', () => {
    const manifest = appManifest(APP_FILE, 'https://offbeat.example.com');
    expect(manifest).toMatchObject({
      name: 'Offbeat',
      public: false,
      url: 'https://offbeat.example.com',
      hook_attributes: { url: 'https://offbeat.example.com/api/github/webhooks', active: true },
      redirect_url: 'https://offbeat.example.com/setup/done',
      default_permissions: { workflows: 'write', actions: 'read' },
    });
    expect(manifest.default_events).toContain('workflow_run');
  });

  it('refuses a file with an unknown key', () => {
    expect(() => appManifest(`${APP_FILE}\nsetup_url: https://example.com\n`, 'https://x.example')).toThrow(
      /setup_url/,
    );
  });
});

describe('where GitHub’s pages are', () => {
  it.each([
    ['https://api.github.com', 'https://github.com'],
    ['https://api.acme.ghe.com', 'https://acme.ghe.com'],
    ['https://ghe.example.com/api/v3', 'https://ghe.example.com'],
    ['https://api.example.com/api/v3', 'https://api.example.com'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ])('%s: %s', (api, web) => {
    expect(githubWebUrl(api)).toBe(web);
  });

  it('differs for a person and an organisation', () => {
    expect(registrationUrl('https://github.com', null, 'a b')).toBe(
      'https://github.com/settings/apps/new?state=a%20b',
    );
    expect(registrationUrl('https://github.com', 'acme', 's')).toBe(
      'https://github.com/organizations/acme/settings/apps/new?state=s',
    );
  });

  it.each([
    ['acme', true],
    ['Acme-2', true],
    ['a', true],
    ['-acme', false],
    ['acme-', false],
    ['ac--me', false],
    ['acme/../x', false],
    ['a'.repeat(40), false],
    ['', false],
  ])('account name %j: %s', (name, valid) => {
    expect(isAccountName(name)).toBe(valid);
  });
});
