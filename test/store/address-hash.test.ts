import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAddressHash } from '../../src/store/consent/address-hash.ts';
import { forgetAddress } from '../../src/store/consent/erased-address.ts';
import { suppressAddress } from '../../src/store/consent/suppress-address.ts';
import { openBench, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const ADDRESS = 'gone@hash.example';
const hashBy = (...secretKeys: string[]) => createAddressHash(bench.db, secretKeys)(ADDRESS);

describe('the hash of an erased address', () => {
  it('is the same in each process, and whatever the case of the address', async () => {
    const hashes = await Promise.all(Array.from({ length: 8 }, () => hashBy('first')));
    expect(new Set(hashes).size).toBe(1);
    expect(await createAddressHash(bench.db, ['first'])(' Gone@HASH.example ')).toBe(hashes[0]);
    expect(hashes[0]).not.toContain('gone');
  });

  it('stays the same while SECRET_KEY is rotated, twice, also for a process that has not been started again', async () => {
    const before = await hashBy('first');
    expect(await hashBy('second', 'first')).toBe(before);
    expect(await hashBy('first')).toBe(before);
    expect(await hashBy('second')).toBe(before);
    expect(await hashBy('third', 'second')).toBe(before);
    expect(await hashBy('third')).toBe(before);
  });

  it('a SECRET_KEY that does not open it is refused as long as an erased address depends on it', async () => {
    await suppressAddress(bench.db, {
      address: ADDRESS,
      reason: 'complaint',
      source: 'mailbox',
      leadId: null,
      occurredAt: new Date(bench.now),
    });
    await forgetAddress(bench.db, ADDRESS, await hashBy('third'));
    await expect(hashBy('unknown')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await hashBy('third')).toBe((await bench.db.suppression.findFirstOrThrow()).addressHash);
    await bench.db.suppression.deleteMany();
    expect(await hashBy('unknown')).toHaveLength(43);
  });
});
