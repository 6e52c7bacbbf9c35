import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkList } from '../../network-list.ts';

/** Groups of an IPv6 address that name a network: one customer has all addresses of it. */
const NETWORK_GROUPS = 4;

/** Finds the address that a request comes from. */
export type AddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * Finds the address of whoever sent a request. `X-Forwarded-For` is believed as far as trusted proxies have written it,
 * from its end: what stands before the first address that is no proxy, anybody may have made up. Of IPv6 the network
 * (/64) counts. `proxies`: addresses and networks such as `10.0.0.0/8`.
 */
export function clientAddress(proxies: readonly string[]): AddressOf {
  const trusted = networkList(proxies);
  const isTrusted = (address: string): boolean =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    let address = plain(socket.remoteAddress ?? '');
    while (isTrusted(address) && forwarded.length > 0) {
      const before = plain(forwarded.pop() ?? '');
      if (isIP(before) === 0) break;
      address = before;
    }
    return networkOf(address);
  };
}

/** Without the prefix that IPv4 has on a socket of both kinds. */
function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.)/i, '');
}

function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const behind = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  const zeros =
    tail === undefined ? [] : Array.from({ length: 8 - groups.length - behind.length }, () => '0');
  return `${[...groups, ...zeros, ...behind].slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
