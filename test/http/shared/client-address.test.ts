import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../../src/http/shared/client-address.ts';

function addressOf(proxies: readonly string[], remoteAddress: string, forwarded?: string): string {
  const request = {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  };
  return clientAddress(proxies)(request as unknown as Parameters<ReturnType<typeof clientAddress>>[0]);
}

describe('the address of a request', () => {
  it.each<[string, readonly string[], string, string | undefined, string]>([
    ['is that of the connection', [], '203.0.113.7', undefined, '203.0.113.7'],
    ['is not what a stranger claims in X-Forwarded-For', [], '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['is what a trusted proxy has written', ['10.0.0.0/8'], '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    [
      'is not what a stranger has claimed to a trusted proxy',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '1.1.1.1, 198.51.100.1',
      '198.51.100.1',
    ],
    [
      'is found behind two trusted proxies',
      ['10.0.0.0/8', '192.0.2.1'],
      '::ffff:10.1.2.3',
      '198.51.100.1, 192.0.2.1',
      '198.51.100.1',
    ],
    ['is that of the proxy where the header is none', ['10.0.0.1'], '10.0.0.1', 'unknown', '10.0.0.1'],
    ['is the network of an IPv6 address', [], '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
    ['is the network of a short IPv6 address', [], '2001:db8::1', undefined, '2001:db8:0:0::/64'],
  ])('%s', (_, proxies, remote, forwarded, expected) => {
    expect(addressOf(proxies, remote, forwarded)).toBe(expected);
  });
});
