import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { createTokens, type Tokens } from '../../src/crypto/tokens.ts';

const KEY = 'a-secret-of-some-length';
const tokens = createTokens([KEY]);
const now = new Date('2026-12-01T09:00:00Z');
const hex = fc.stringMatching(/^[0-9a-f]{32}$/);

function every(sendId: string): string[] {
  const claim = { assignmentId: newId('assignment'), repId: newId('rep'), expiresAt: new Date('2026-12-03T09:00:00Z') };
  return [tokens.open(sendId), tokens.click(sendId, 7), tokens.unsubscribe(sendId), tokens.decision(claim)];
}

/** What each reader makes of a token; all null for one that is not ours. */
function readAll(reader: Tokens, token: string): unknown[] {
  return [
    reader.readOpen(token),
    reader.readClick(token),
    reader.readUnsubscribe(token),
    reader.readDecision(token, now),
  ];
}

describe('tokens', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(hex, hex, hex, fc.integer({ min: 0, max: 2 ** 40 - 1 }), (send, asg, rep, linkId) => {
        const sendId = `send-${send}`;
        expect(tokens.readOpen(tokens.open(sendId))).toEqual({ sendId });
        expect(tokens.readClick(tokens.click(sendId, linkId))).toEqual({ sendId, linkId });
        expect(tokens.readUnsubscribe(tokens.unsubscribe(sendId))).toEqual({ sendId });
        const claim = { assignmentId: `asg-${asg}`, repId: `rep-${rep}`, expiresAt: new Date('2026-12-01T09:00:01Z') };
        expect(tokens.readDecision(tokens.decision(claim), now)).toEqual(claim);
      }),
    );
  });

  it('are refused after any change of a single bit, of a byte or of a character', () => {
    for (const token of every(newId('send'))) {
      const bytes = Buffer.from(token, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(readAll(tokens, changed.toString('base64url'))).toEqual([null, null, null, null]);
      }
      for (let place = 0; place < token.length; place += 1) {
        for (const bit of [1, 2, 4, 8, 16, 32, 64]) {
          const changed =
            token.slice(0, place) + String.fromCharCode(token.charCodeAt(place) ^ bit) + token.slice(place + 1);
          expect(readAll(tokens, changed)).toEqual([null, null, null, null]);
        }
      }
    }
  });

  it('are read by the reader of their kind only', () => {
    const [open = '', click = '', unsubscribe = '', decision = ''] = every(newId('send'));
    expect(readAll(tokens, open).map((read) => read !== null)).toEqual([true, false, false, false]);
    expect(readAll(tokens, click).map((read) => read !== null)).toEqual([false, true, false, false]);
    expect(readAll(tokens, unsubscribe).map((read) => read !== null)).toEqual([false, false, true, false]);
    expect(readAll(tokens, decision).map((read) => read !== null)).toEqual([false, false, false, true]);
  });

  it('never throw, whatever they are given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(readAll(tokens, text)).toEqual([null, null, null, null]);
      }),
    );
    const good = tokens.open(newId('send'));
    for (const text of [
      '',
      '=',
      `${good}=`,
      ` ${good}`,
      `${good}\n`,
      good.repeat(2),
      good.slice(0, -1),
      'x'.repeat(100_000),
    ]) {
      expect(tokens.readOpen(text)).toBeNull();
    }
  });

  it('stay short', () => {
    const [open = '', click = '', unsubscribe = ''] = every(newId('send'));
    expect([open.length, click.length, unsubscribe.length]).toEqual([38, 44, 38]);
  });

  it('can be rotated: the first key signs, all verify, a key that is gone does not', () => {
    const old = createTokens([KEY]);
    const both = createTokens(['another-secret-of-some-length', KEY]);
    const fresh = createTokens(['another-secret-of-some-length']);
    const sendId = newId('send');
    expect(both.readOpen(old.open(sendId))).toEqual({ sendId });
    expect(fresh.readOpen(both.open(sendId))).toEqual({ sendId });
    expect(fresh.readOpen(old.open(sendId))).toBeNull();
    expect(() => createTokens([])).toThrow(/SECRET_KEY/);
    expect(() => createTokens(['short'])).toThrow(/16 characters/);
  });

  it('expire, for decisions', () => {
    const claim = {
      assignmentId: newId('assignment'),
      repId: newId('rep'),
      expiresAt: new Date('2026-12-01T09:00:00.500Z'),
    };
    const token = tokens.decision(claim);
    expect(tokens.readDecision(token, new Date('2026-12-01T09:00:01Z'))).not.toBeNull();
    expect(tokens.readDecision(token, new Date('2026-12-01T09:00:01.001Z'))).toBeNull();
  });

  it('are for ids of ours', () => {
    expect(() => tokens.open('lead-0193f0c2aaaa7bbb8cccddddeeeeffff')).toThrow(/send-/);
    expect(() => tokens.click(newId('send'), -1)).toThrow(/whole/);
    expect(() => tokens.click(newId('send'), 2 ** 40)).toThrow(/whole/);
  });
});
