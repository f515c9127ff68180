import type { Request } from 'express';
import { expect, test } from 'vitest';
import { refuseForeignName, refuseForeignPage } from '../../src/api/foreign-pages.ts';
import type { Caller } from '../../src/api/caller.ts';

const request = (headers: Record<string, string>): Request => ({ headers }) as unknown as Request;
const admits = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    return false;
  }
};

test.each([
  ['localhost:8080', true],
  ['127.0.0.1:8080', true],
  ['[::1]:8080', true],
  ['rebound.evil.example:8080', false],
  ['localhost.evil.example', false],
  ['192.168.1.7:8080', false],
  ['', false],
])('the key of development under the name %s: %s', (host, admitted) => {
  expect(admits(() => refuseForeignName('dev-admin-key', request({ host })))).toBe(admitted);
  expect(admits(() => refuseForeignName('nk_admin_of-our-own', request({ host })))).toBe(true);
});

test.each([
  [undefined, true],
  ['https://crm.example', true],
  ['http://10.0.0.7:8080', true],
  ['https://evil.example', false],
  ['null', false],
])('the key of an admin with the origin %s: %s', (origin, admitted) => {
  const asked = request({ host: '10.0.0.7:8080', ...(origin !== undefined && { origin }) });
  const as = (role: Caller['role']) => ({ role }) as Caller;
  expect(admits(() => refuseForeignPage(as('admin'), asked, 'https://crm.example/'))).toBe(admitted);
  expect(admits(() => refuseForeignPage(as('site'), asked, 'https://crm.example/'))).toBe(true);
});
