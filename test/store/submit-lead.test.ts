import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Actor } from '../../src/domain/actor.ts';
import { mayMail } from '../../src/domain/consent.ts';
import { newId } from '../../src/domain/ids.ts';
import { editProfile } from '../../src/store/capture/edit-profile.ts';
import { loadFacts } from '../../src/store/facts/facts.ts';
import { submitLead, type LeadSubmission } from '../../src/store/capture/submit-lead.ts';
import { readMailWord } from '../../src/store/consent/mail-word.ts';
import type { SuppressionReason } from '../../src/domain/suppression.ts';
import { suppressAddress } from '../../src/store/consent/suppress-address.ts';
import { unsubscribe } from '../../src/store/consent/unsubscribe.ts';
import { DAY, MINUTE, openBench, PLAYBOOK, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const submit = (submission: Partial<LeadSubmission>) => submitLead(bench.ctx, { how: 'form', ...submission });

describe('submitLead', () => {
  it('creates a lead with its account, first touch, request and one bell', async () => {
    const { leadId, outcome, touchId, ringIds } = await submit({
      email: ' Jo.Doe@Acme.Example ',
      firstName: 'Jo',
      company: 'Acme',
      companySize: 200,
      country: 'de',
      phone: '0049 (30) 12-34',
      source: 'trade-show',
      medium: 'booth',
      attributes: { hall: 3 },
      need: { type: 'purchase', budget: 'known', valueMinor: 1_250_000, currency: 'EUR' },
      enterAt: { stage: 'assigned', owner: 'ada' },
    });
    expect(outcome).toBe('created');
    const lead = await bench.db.lead.findUniqueOrThrow({
      where: { id: leadId },
      include: { account: true, touches: true },
    });
    expect(lead).toMatchObject({
      email: 'jo.doe@acme.example',
      phone: '+49301234',
      country: 'DE',
      source: 'trade-show',
      stage: 'new',
      needId: null,
      fitGrade: 'A',
      account: { domain: 'acme.example', name: 'Acme' },
      attributes: { hall: 3 },
    });
    expect(lead.touches).toMatchObject([{ id: touchId, isFirst: true, handledAt: null }]);
    expect(lead.touches[0]?.request).toEqual({
      needType: 'purchase',
      budget: 'known',
      valueMinor: 1_250_000,
      currency: 'EUR',
      enterAt: 'assigned',
      ownerRepKey: 'ada',
    });
    expect(await bench.bells({ id: leadId })).toMatchObject([
      { id: ringIds[0], reason: 'submitted', refs: { touchId } },
    ]);
    const conditions = [{ medium: 'x', consented: true }];
    expect(await loadFacts(bench.db, await bench.reload(lead), conditions, PLAYBOOK, bench.now)).toMatchObject({
      emailDomain: 'acme.example',
      freeMail: false,
      medium: 'booth',
      consented: false,
      grade: 'A',
    });
  });

  it('updates on the same email in another case: what is given, the first touch kept', async () => {
    const first = await submit({
      email: 'Re@Sub.example',
      firstName: 'Re',
      source: 'ebook',
      attributes: { a: 1, b: 1 },
    });
    const second = await submit({
      email: 'rE@sub.EXAMPLE',
      firstName: '',
      lastName: 'Sub',
      source: 'webinar',
      attributes: { b: 2 },
    });
    expect(second).toMatchObject({ leadId: first.leadId, outcome: 'updated' });
    const lead = await bench.db.lead.findUniqueOrThrow({
      where: { id: first.leadId },
      include: { touches: { orderBy: { id: 'asc' } } },
    });
    expect(lead).toMatchObject({ firstName: 'Re', lastName: 'Sub', source: 'ebook', attributes: { a: 1, b: 2 } });
    expect(lead.touches.map(({ isFirst, source }) => [isFirst, source])).toEqual([
      [true, 'ebook'],
      [false, 'webinar'],
    ]);
    const [, updated] = await bench.db.audit.findMany({ where: { leadId: lead.id }, orderBy: { id: 'asc' } });
    expect(updated).toMatchObject({ action: 'lead.updated', data: { fields: ['lastName', 'attributes.b'] } });
  });

  it('makes one lead of many at the same moment, with one first touch', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        submit({ email: n % 2 === 0 ? 'Race@Race.example' : 'race@race.EXAMPLE', source: `s${n}` }),
      ),
    );
    expect(new Set(answers.map(({ leadId }) => leadId)).size).toBe(1);
    expect(answers.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    const leadId = answers[0]?.leadId ?? '';
    expect(await bench.db.touch.count({ where: { leadId } })).toBe(16);
    expect(await bench.db.touch.count({ where: { leadId, isFirst: true } })).toBe(1);
    expect(await bench.bells({ id: leadId })).toHaveLength(16);
  });

  it('makes one account of colleagues at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => submit({ email: `c${n}@colleagues.example` })),
    );
    const leads = await bench.db.lead.findMany({ where: { id: { in: answers.map(({ leadId }) => leadId) } } });
    expect(new Set(leads.map(({ accountId }) => accountId)).size).toBe(1);
    const free = await submit({ email: 'jo.from.home@gmail.com' });
    expect(await bench.reload({ id: free.leadId })).toMatchObject({ accountId: null, fitGrade: 'D' });
  });

  it('finds an account by its registered domain, and one that an older version stored by its full domain', async () => {
    const account = async (email: string) => (await bench.reload({ id: (await submit({ email })).leadId })).accountId;
    const vines = await account('jo@mail.vines.co.uk');
    expect(await account('ann@vines.co.uk')).toBe(vines);
    expect(await account('ann@wines.co.uk')).not.toBe(vines);
    expect(await bench.db.account.findUnique({ where: { id: vines ?? '' } })).toMatchObject({ domain: 'vines.co.uk' });
    const older = await bench.db.account.create({
      data: { id: 'account-older', name: 'Older', domain: 'eu.older.example' },
    });
    expect(await account('bo@eu.older.example')).toBe(older.id);
    expect(await account('x@mail.yahoo.co.uk')).toBe(null);
  });

  it('reads a phone number however it is written, and keeps one that it cannot read', async () => {
    const written = ['+49 (0)30 1234567', '030 1234567', '0049 30 1234567', '(030) 12345-67'];
    const answers = await Promise.all(written.map((phone) => submit({ phone, country: 'DE' })));
    expect(new Set(answers.map(({ leadId }) => leadId)).size).toBe(1);
    expect(await bench.reload({ id: answers[0]?.leadId ?? '' })).toMatchObject({ phone: '+49301234567' });
    let serial = 0;
    const phoneOf = async (more: object) =>
      (await bench.reload({ id: (await submit({ email: `n${(serial += 1)}@phone.example`, ...more })).leadId })).phone;
    expect(await phoneOf({ phone: '020 7946 0958', country: 'GB' })).toBe('+442079460958');
    expect(await phoneOf({ phone: '030 1234567 ext 12', country: 'DE' })).toBe('+49301234567;ext=12');
    expect(await phoneOf({ phone: '030 1234567' })).toBe('0301234567');
    expect(await phoneOf({ phone: 'ask at reception' })).toBe('ask at reception');
  });

  it('finds a lead whose number an earlier version wrote in another form', async () => {
    for (const old of ['0309876543', '+490309876543']) {
      const { leadId } = await submit({ phone: '+999 000' });
      await bench.db.lead.update({ where: { id: leadId }, data: { phone: old } });
      const again = await submit({ phone: '+49 30 9876543', country: 'DE' });
      expect(again.leadId).toBe(leadId);
      expect(await bench.reload({ id: leadId })).toMatchObject({ phone: '+49309876543' });
      await bench.db.lead.update({ where: { id: again.leadId }, data: { phone: `moved ${old}` } });
    }
  });

  it('knows a lead without an email by its phone, at the same moment too', async () => {
    const answers = await Promise.all(['+49 170 1', '0049-170-1', '+491701'].map((phone) => submit({ phone })));
    expect(new Set(answers.map(({ leadId }) => leadId)).size).toBe(1);
    const withEmail = await submit({ phone: '+491701', email: 'other@person.example' });
    expect(withEmail.outcome).toBe('created');
    for (const phone of ['none', '123', '0000000000', '+49 0'])
      await expect(submit({ email: '  ', phone }), phone).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await submit({ email: 'zeros@x.example', phone: '0000000000' })).outcome).toBe('created');
    const event = { id: 'a\0', type: 'docs.read' };
    await expect(submit({ email: 'nul@x.example', event })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const { leadId } = await submit({ email: 'nul@x.example', firstName: 'Ada\0\u202e' });
    expect(await bench.reload({ id: leadId })).toMatchObject({ firstName: 'Ada' });
  });

  it('scores what came with it and qualifies on a better grade', async () => {
    const { leadId } = await submit({ email: 'rise@rise.example', event: { id: 'rise-1', type: 'docs.read' } });
    expect((await bench.reload({ id: leadId })).score).toBe(4);
    await bench.db.lead.update({ where: { id: leadId }, data: { score: 25 } });
    await submit({ email: 'rise@rise.example', companySize: 900 });
    expect((await bench.bells({ id: leadId })).map(({ reason }) => reason)).toEqual([
      'submitted',
      'qualified',
      'submitted',
    ]);
    const graded = await bench.db.audit.findMany({ where: { leadId, action: 'lead.graded' } });
    expect(graded).toMatchObject([{ data: { from: 'C', to: 'A', points: 20 } }]);
    const wanted = await submit({ email: 'want@want.example', event: { type: 'demo.requested' } });
    expect((await bench.bells({ id: wanted.leadId })).map(({ reason }) => reason)).toEqual(['qualified', 'submitted']);
  });

  it('stores the lead and what is written with it together, or neither', async () => {
    const broken = submitLead(
      bench.ctx,
      { how: 'api', email: 'half@half.example' },
      { alongside: () => Promise.reject(new Error('crash')) },
    );
    await expect(broken).rejects.toThrow('crash');
    expect(await bench.db.lead.findUnique({ where: { email: 'half@half.example' } })).toBeNull();
  });
});

describe('consent', () => {
  const may = async (leadId: string) => {
    const lead = await bench.reload({ id: leadId });
    return mayMail(lead.email, await readMailWord(bench.db, lead));
  };
  const yes = { text: 'Yes, send me news.', source: 'form' };

  it('a mail needs consent; one unsubscribe takes it back, and a later yes gives it again', async () => {
    const email = 'yes@consent.example';
    const { leadId } = await submit({ email });
    expect(await may(leadId)).toEqual({ may: false, reason: 'no-consent' });
    await submit({ email, consent: yes });
    expect(await may(leadId)).toEqual({ may: true });
    bench.now += MINUTE;
    await bench.db.outbox.deleteMany({ where: { leadId } });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => unsubscribe(bench.ctx, { leadId, source: 'one-click' })),
    );
    expect(answers.flatMap(({ ringIds }) => ringIds)).toHaveLength(1);
    expect(await bench.db.consent.count({ where: { leadId, granted: false } })).toBe(1);
    expect(await bench.db.event.count({ where: { leadId, type: 'unsubscribed' } })).toBe(1);
    expect(await may(leadId)).toEqual({ may: false, reason: 'unsubscribed' });
    await submit({ email, consent: { ...yes, at: new Date(bench.now - DAY) } });
    expect(await may(leadId)).toEqual({ may: false, reason: 'unsubscribed' });
    bench.now += MINUTE;
    await submit({ email, consent: yes });
    expect(await may(leadId)).toEqual({ may: true });
  });

  it('an address is suppressed for every reason that holds: a yes lifts the unsubscribe alone', async () => {
    const email = 'two@reasons.example';
    const { leadId } = await submit({ email, consent: yes });
    const reasons = () =>
      bench.db.suppression.findMany({
        where: { email },
        orderBy: { id: 'asc' },
        select: { reason: true, source: true },
      });
    const suppress = (reason: SuppressionReason, source: string) =>
      suppressAddress(bench.db, {
        address: 'Two@Reasons.example',
        reason,
        source,
        leadId,
        occurredAt: new Date(bench.now),
      });
    bench.now += MINUTE;
    await suppress('hard-bounce', 'smtp');
    bench.now += MINUTE;
    await unsubscribe(bench.ctx, { leadId, source: 'one-click' });
    await suppress('hard-bounce', 'mailbox');
    expect(await reasons()).toEqual([
      { reason: 'hard-bounce', source: 'smtp' },
      { reason: 'unsubscribed', source: 'one-click' },
    ]);
    expect(await may(leadId)).toEqual({ may: false, reason: 'suppressed:hard-bounce,unsubscribed' });
    bench.now += MINUTE;
    await submit({ email, consent: yes });
    expect(await reasons()).toEqual([{ reason: 'hard-bounce', source: 'smtp' }]);
    expect(await may(leadId)).toEqual({ may: false, reason: 'suppressed:hard-bounce' });
    await bench.db.suppression.deleteMany({ where: { email, reason: 'hard-bounce' } });
    expect(await may(leadId)).toEqual({ may: true });
  });

  it('does not lift a complaint, and a phone gets no mail', async () => {
    const email = 'no@consent.example';
    const { leadId } = await submit({ email });
    await bench.db.suppression.create({
      data: { email, reason: 'complaint', source: 'fbl', occurredAt: new Date(bench.now) },
    });
    bench.now += MINUTE;
    await submit({ email, consent: yes });
    expect(await may(leadId)).toEqual({ may: false, reason: 'suppressed:complaint' });
    await unsubscribe(bench.ctx, { leadId, source: 'link' });
    expect(await may(leadId)).toEqual({ may: false, reason: 'suppressed:complaint,unsubscribed' });
    const phone = await submit({ phone: '+4917099', consent: yes });
    expect(await may(phone.leadId)).toEqual({ may: false, reason: 'no-email' });
    await unsubscribe(bench.ctx, { leadId: phone.leadId, source: 'call' });
    expect((await unsubscribe(bench.ctx, { leadId: phone.leadId, source: 'call' })).ringIds).toEqual([]);
    await expect(unsubscribe(bench.ctx, { leadId: 'lead-none', source: 'link' })).rejects.toMatchObject({
      code: 'LEAD_UNKNOWN',
    });
  });
});

describe('what a person of ours verified', () => {
  const user = { kind: 'user', userId: newId('user'), manager: true, role: 'admin', teams: [] } as const;
  const byKey = { kind: 'key', keyId: 'key-shop', manager: true, role: 'admin' } as const;
  const bySite = { kind: 'key', keyId: 'key-site', manager: false, role: 'site' } as const;
  const email = 'vera@verified.example';
  const lead = () =>
    bench.db.lead.findUniqueOrThrow({ where: { email }, include: { touches: { orderBy: { id: 'desc' } } } });
  const say = (words: Partial<LeadSubmission>, by?: Actor) =>
    submitLead(bench.ctx, { how: 'api', email, ...words }, by === undefined ? {} : { by });

  it('outranks what any other door states, which is kept with the touch', async () => {
    const { leadId } = await say(
      { company: 'Stated Ltd', companySize: 10, jobTitle: 'Owner', attributes: { region: 'x' } },
      byKey,
    );
    await say({ company: 'Stated Again Ltd' }, byKey);
    expect(await lead()).toMatchObject({ company: 'Stated Again Ltd', verifiedFields: [] });
    await editProfile(bench.ctx, user, leadId, { company: 'Right Ltd', companySize: '50' });
    for (const by of [byKey, bySite, undefined])
      await say(
        { company: 'Wrong Ltd', companySize: 7, jobTitle: 'Buyer', how: by === undefined ? 'csv' : 'form' },
        by,
      );
    expect(await lead()).toMatchObject({ company: 'Right Ltd', companySize: 50, jobTitle: 'Buyer' });
    expect((await lead()).touches[0]?.request).toMatchObject({ notTaken: { company: 'Wrong Ltd', companySize: 7 } });
  });

  it('is overwritten by a person of ours, and by a rep’s own request for the lead', async () => {
    await say({ company: 'Righter Ltd', attributes: { region: 'south' } }, user);
    await say({ attributes: { region: 'north', size: 'L' } }, byKey);
    await say({ company: 'Of a list Ltd', how: 'csv' }, user);
    const { company, attributes, verifiedFields } = await lead();
    expect([company, attributes]).toEqual(['Righter Ltd', { region: 'south', size: 'L' }]);
    expect(verifiedFields.toSorted()).toEqual(['attributes.region', 'company', 'companySize']);
  });

  it('is a gap again once it was taken away: what fills it is stated', async () => {
    const { id } = await lead();
    await editProfile(bench.ctx, user, id, { company: '' });
    expect((await lead()).verifiedFields.toSorted()).toEqual(['attributes.region', 'companySize']);
    await say({ company: 'Filled Ltd' }, bySite);
    await say({ company: 'Stated Ltd' }, byKey);
    expect(await lead()).toMatchObject({ company: 'Stated Ltd' });
  });
});
