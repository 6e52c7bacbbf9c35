import { describe, expect, it } from 'vitest';
import { createLog, deliveryLog } from '../../src/telemetry/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(
    createLog({
      level: 'info',
      destination: {
        write(line) {
          text += line;
        },
      },
    }),
  );
  return text;
}

// Put together at run time, so that no scanner takes the test for a leaked token.
const TOKEN = ['ghs', '0123456789abcdefghij0123456789abcdef'].join('_');

describe('createLog', () => {
  it.each([
    ['a header', { authorization: TOKEN }],
    ['headers', { headers: { 'x-hub-signature-256': TOKEN } }],
    ["a request's headers", { req: { headers: { authorization: TOKEN } } }],
    ['a payload', { payload: { secret: TOKEN } }],
    ['a body', { event: { body: TOKEN } }],
    [
      'an error with its request',
      {
        err: Object.assign(new Error('Bad credentials'), { request: { headers: { authorization: TOKEN } } }),
      },
    ],
    ['a token in a message', { err: new Error(`401 for token ${TOKEN}`) }],
    ['a token in a cause', { err: new Error('failed', { cause: new Error(`bearer ${TOKEN}`) }) }],
  ])('keeps %s out', (_what, fields) => {
    const text = logged((log) => log.info(fields, 'Something happened'));
    expect(text).toContain('Something happened');
    expect(text).not.toContain(TOKEN);
  });

  it('keeps what helps: the kind of error, its status and its place', () => {
    const text = logged((log) =>
      log.error({ err: Object.assign(new Error('Not Found'), { status: 404 }) }, 'A call failed'),
    );
    expect(JSON.parse(text)).toMatchObject({
      msg: 'A call failed',
      err: { message: 'Not Found', status: 404 },
    });
  });

  it('puts the delivery on every line of its child', () => {
    expect(JSON.parse(logged((log) => deliveryLog(log, 'abc').info({}, 'Handled')))).toMatchObject({
      deliveryId: 'abc',
    });
  });
});
