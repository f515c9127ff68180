/** The files of personas, and how a persona reacts to a mail. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../src/domain/errors.ts';
import type { Reading } from '../../src/simulate/persona.ts';
import { chance } from '../../src/simulate/chance.ts';
import { reactionsTo } from '../../src/simulate/reactions.ts';
import { readPersonas } from '../../src/simulate/read-personas.ts';
import { fileWith } from './support.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

function mistakesIn(text: string): string {
  const file = fileWith(text);
  try {
    readPersonas(file);
  } catch (error) {
    if (isAppError(error)) return error.message.replaceAll(file, 'somebody.yaml');
    throw error;
  }
  return '';
}

describe('a persona file', () => {
  test('the sample personas are without mistakes, one of them can only be called', () => {
    const personas = readPersonas(path.join(ROOT, 'playbook', 'personas'));
    expect(personas.map(({ persona }) => persona)).toEqual([
      'customer',
      'ebook-reader',
      'keen-reader',
      'phone-only',
      'trade-show-visitor',
      'webinar-guest',
    ]);
    expect(personas.filter(({ request }) => request.email === undefined)).toHaveLength(1);
  });

  test('what is left out has a sensible value', () => {
    const [persona] = readPersonas(
      fileWith('name: Ada\nprofile: { email: ada@example.com }\nsource: ebook\n', 'ada.yaml'),
    );
    expect(persona).toMatchObject({
      persona: 'ada',
      arrives: { day: 'mon', time: '10:00' },
      request: { email: 'ada@example.com', source: 'ebook', how: 'form', consent: { source: 'form of a simulation' } },
      reads: { opens: 0.6, clicks: 0, after: { amount: 3, unit: 'hours' } },
      does: [],
      rep: { answers: [] },
    });
  });

  test('every mistake is told with its place and what to write instead', () => {
    const found = mistakesIn(`name: Ada
arrives: someday
profile:
  firstName: Ada
reads:
  opens: 160%
  mails:
    - { mail: 0, does: clik }
    - { mail: 1, does: open, times: 2 }
does:
  - { day: 3 }
  - { day: 4, event: email.clicked }
rep:
  answers:
    - { decision: reject }
nmae: Ada
`);
    expect(found).toContain('somebody.yaml:2:10  arrives: expected a day and a time such as "mon 10:00"');
    expect(found).toContain('somebody.yaml:6:10  reads.opens: expected a share from "0%" to "100%"');
    expect(found).toContain('somebody.yaml:8:15  reads.mails 1, mail: expected the number of a mail (the first is 1)');
    expect(found).toMatch(/somebody.yaml:8:24 {2}reads.mails 1, does: .*did you mean "click"/);
    expect(found).toContain('does 1: write either an "event" (with "properties") or a "request"');
    expect(found).toMatch(
      /9:37 .*reads.mails 2, times: "times" says how often a link is followed: write it with "does: click"/,
    );
    expect(found).toMatch(
      /12:22 .*does 2, event: a click happens in a mail: write it under "reads", as in mails: \[\{ mail: 1/,
    );
    expect(found).toContain('a rejection needs a "reason", a key of reasons.yaml');
    expect(found).toMatch(/somebody.yaml:16:1 {2}nmae: unknown key "nmae"/);
  });

  test('a persona without an email and a phone is told what it needs', () => {
    expect(mistakesIn('name: Ada\nprofile: { firstName: Ada }\n')).toContain(
      '2:1  profile: expected an "email", or a "phone"',
    );
  });
});

describe('a reaction to a mail', () => {
  const reads: Reading = { opens: 0.6, clicks: 0.5, after: { amount: 3, unit: 'hours' }, mails: [] };
  const mail = (nth: number, sentAt = '2026-12-01T09:00:00Z') => ({
    sendId: `send-${nth}`,
    nth,
    template: `mail-${nth}`,
    nthOfTemplate: 1,
    atMs: Date.parse(sentAt),
    links: 2,
  });
  const at = { seed: 1, zone: 'Europe/Berlin' };
  const mails = Array.from({ length: 400 }, (_, index) => mail(index + 1));

  test('is the same each time for the same seed, and another for another', () => {
    const of = (seed: number) => mails.map((one) => reactionsTo(one, reads, { ...at, seed }));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  test('opens and clicks by the shares, later than a minute after the mail', () => {
    const reactions = mails.map((one) => reactionsTo(one, reads, at));
    const opened = reactions.filter((acts) => acts.length > 0);
    expect(opened.length / mails.length).toBeCloseTo(0.6, 1);
    expect(opened.filter((acts) => acts.length === 2).length / opened.length).toBeCloseTo(0.5, 1);
    for (const { atMs } of reactions.flat()) expect(atMs - (mails[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000);
  });

  test('does not happen at night', () => {
    const [open] = reactionsTo(mail(1, '2026-12-01T21:00:00Z'), { ...reads, opens: 1 }, at);
    expect(new Date(open?.atMs ?? 0).toISOString()).toBe('2026-12-02T06:30:00.000Z');
  });

  test('a rule for the mail, by number or template, decides before the shares', () => {
    const rules: Reading = {
      ...reads,
      opens: 0,
      mails: [
        { mail: 2, does: 'click', link: 'Print', after: { amount: 10, unit: 'minutes' } },
        { mail: 'mail-3', does: 'unsubscribe' },
      ],
    };
    expect(reactionsTo(mail(1), rules, at)).toEqual([]);
    const [open, click] = reactionsTo(mail(2), rules, at);
    expect(open).toEqual({ atMs: Date.parse('2026-12-01T09:10:00Z'), act: { kind: 'open', sendId: 'send-2' } });
    expect(click?.act).toEqual({ kind: 'click', sendId: 'send-2', link: 'Print' });
    const twice = { ...rules, mails: [{ mail: 2, does: 'click' as const, times: 3 }] };
    const [, first, second, third] = reactionsTo(mail(2), twice, at);
    expect([first, second, third].map((one) => one?.act.kind)).toEqual(['click', 'click', 'click']);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect((third?.atMs ?? 0) - (second?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(reactionsTo(mail(3), rules, at).map(({ act }) => act.kind)).toEqual(['open', 'unsubscribe']);
  });

  test('chances are spread evenly', () => {
    const draws = mails.map(({ template }) => chance(7, template));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(new Set(draws).size).toBe(draws.length);
  });
});
