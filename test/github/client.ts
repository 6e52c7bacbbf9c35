import { Octokit } from '@octokit/rest';

/** An address that no request may leave for: nock answers it, or the test fails. */
export const API = 'https://api.example.test';

export const NAME = { owner: 'acme', repo: 'site' };

const ignore = () => undefined;

/** Failures are looked at by the test, not printed. */
export const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A client as the adapters take it. */
export function client(): Octokit {
  return new Octokit({
    baseUrl: API,
    auth: 'token-of-the-tests',
    log: SILENT,
  });
}
