import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Request } from 'express';
import { derivedKey } from '../crypto/derived-key.ts';

/** Names a caller's address without revealing it: a keyed hash, the same in each process of the API. */
export type NameAddress = (request: Request) => string;

const LENGTH = 22;

/** IPv6 addresses are counted by their first 64 bits, because one customer gets all addresses with the same prefix. */
export function createAddressNames(secretKey: string): NameAddress {
  const key = derivedKey(secretKey, 'client address');
  return (request) => {
    const address = request.ip ?? '';
    const counted = isIPv6(address) && !address.includes('.') ? networkOf(address) : address.replace(/^::ffff:/i, '');
    return createHmac('sha256', key).update(counted).digest('base64url').slice(0, LENGTH);
  };
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
