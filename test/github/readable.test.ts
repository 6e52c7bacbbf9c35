import { describe, expect, it } from 'vitest';
import { NEEDED_FIELDS, readable } from '../../src/github/readable.ts';
import { offencesOf } from '../contract/github-contract.ts';

const REQUESTS = Object.entries(NEEDED_FIELDS);
const statusOf = (request: string): number => (request.startsWith('POST ') ? 201 : 200);

describe('an answer that lacks what is needed of it', () => {
  it.each(REQUESTS)('passes like a fault of a server: %s without %s', (request, field) => {
    const status = statusOf(request);
    expect(() => readable({ status, data: {} }, request)).toThrow(expect.objectContaining({ status: 502 }));
    const whole = { status, data: { [field]: null } };
    expect(readable(whole, request)).toBe(whole);
  });

  it.each(REQUESTS)('is none that GitHub gives to %s', (request, field) => {
    const [method = '', template = ''] = request.split(' ');
    const path = template.replaceAll(/\{\w+\}/g, '1');
    const exchange = { method, path, query: new URLSearchParams(), body: {} };
    const offences = offencesOf(exchange, { status: statusOf(request), body: {} });
    const answers = offences?.filter(({ side }) => side === 'answer').map(({ what }) => what) ?? [];
    expect(answers.join('\n')).toContain(`must have required property '${field}'`);
  });

  it('is a list where one thing is asked for, but for a folder', () => {
    const list = { status: 200, data: [{}] };
    expect(() => readable(list, 'GET /repos/{owner}/{repo}/commits/{ref}')).toThrow();
    expect(readable(list, 'GET /repos/{owner}/{repo}/contents/{path}')).toBe(list);
  });
});
