import type { Octokit } from '@octokit/rest';
import { statusOf } from './client.ts';

/** One finished request to GitHub. */
export interface MeasuredCall {
  readonly method: string;
  /** Path with its parameters left open, such as `/repos/{owner}/{repo}`. */
  readonly route: string;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly seconds: number;
  readonly remaining: number | null;
}

/** Tells of every request that a client makes, whether it succeeds or not. */
export function measureClient(hook: Octokit['hook'], tell: (call: MeasuredCall) => void): void {
  hook.wrap('request', async (request, options) => {
    const started = performance.now();
    const ended = (status: number, headers: Readonly<Record<string, unknown>>): void => {
      const left = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
      tell({
        method: options.method,
        route: options.url,
        status,
        seconds: (performance.now() - started) / 1_000,
        remaining: Number.isFinite(left) ? left : null,
      });
    };
    try {
      const response = await request(options);
      ended(response.status, response.headers);
      return response;
    } catch (error) {
      ended(statusOf(error) ?? 0, {});
      throw error;
    }
  });
}
