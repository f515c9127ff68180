import { expect, test } from 'vitest';
import { createLeadHandles } from '../../src/crypto/lead-handles.ts';
import { newId } from '../../src/domain/ids.ts';

const KEY = 'a secret key of some length';
const SITE = 'key-of-a-site';
const OLDER = 'the secret key before that one';

test('a handle names its lead, is another one each time, and shows nothing of the id', () => {
  const handles = createLeadHandles([KEY]);
  const leadId = newId('lead');
  const written = [handles.write(leadId, SITE), handles.write(leadId, SITE)];
  expect(new Set(written).size).toBe(2);
  for (const handle of written) {
    expect(handle).toMatch(/^handle-[\w-]{59}$/);
    expect(handles.read(handle, SITE)).toBe(leadId);
    expect(Buffer.from(handle.slice(7), 'base64url').toString('hex')).not.toContain(leadId.slice(5, 17));
  }
});

test('a handle works with the site key that was answered it, one of before that was so with any', () => {
  const handles = createLeadHandles([KEY]);
  const leadId = newId('lead');
  expect(handles.read(handles.write(leadId, SITE), 'key-of-another-site')).toBeNull();
  expect(handles.read(handles.write(leadId, ''), 'key-of-another-site')).toBe(leadId);
});

test('a handle of an older key is read, one of another key is not', () => {
  const handle = createLeadHandles([OLDER]).write(newId('lead'), SITE);
  expect(createLeadHandles([KEY, OLDER]).read(handle, SITE)).not.toBeNull();
  expect(createLeadHandles([KEY]).read(handle, SITE)).toBeNull();
});

test('nothing that was changed by a bit, cut, lengthened or spelled otherwise is a handle', () => {
  const handles = createLeadHandles([KEY]);
  const leadId = newId('lead');
  const handle = handles.write(leadId, SITE);
  const bytes = Buffer.from(handle.slice(7), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(handles.read(`handle-${changed.toString('base64url')}`, SITE)).toBeNull();
  }
  const spelt = ['', 'handle-', leadId, handle.slice(0, -1), `${handle}A`, `${handle}=`, ` ${handle}`, handle.slice(7)];
  for (const other of spelt) expect(handles.read(other, SITE), other).toBeNull();
});
