import { lookup as resolve, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';

/**
 * Keeps requests to addresses that a marketer wrote away from what only this machine and its network can reach: loopback, private and
 * link-local addresses, and with them the metadata services of clouds.
 */

/** The name leads to an address that is not public. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('its name leads to an address that is not public; WEBHOOK_ALLOW can name hosts of your own network');
  }
}

/** Is this IP address one of the public internet? An IPv4 address that is written as an IPv6 one counts as what it is. */
export function isPublic(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return false;
  const known = ipaddr.process(bare);
  // Outside of 2000::/3 are IPv4 addresses in old spellings, such as ::7f00:1, which count as unicast too.
  const isAssigned = known instanceof ipaddr.IPv4 || ((known.parts[0] ?? 0) & 0xe000) === 0x2000;
  return isAssigned && known.range() === 'unicast';
}

/**
 * Opens connections to public addresses, and to the hosts of `allow`. The address is checked where the connection is opened: a name that
 * leads elsewhere from one look to the next (DNS rebinding) does not pass.
 */
export function guardedConnector(allow: ReadonlySet<string>, timeout: number): buildConnector.connector {
  const toAnywhere = buildConnector({ timeout });
  const toPublic = buildConnector({ timeout, lookup: lookUpPublic });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '').toLowerCase();
    if (allow.has(host)) toAnywhere(options, callback);
    // No name is looked up for an IP address.
    else if (ipaddr.isValid(host) && !isPublic(host)) callback(new ForbiddenAddress(), null);
    else toPublic(options, callback);
  };
}

const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return callback(error, []);
    if (!addresses.every(({ address }) => isPublic(address))) return callback(new ForbiddenAddress(), []);
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
