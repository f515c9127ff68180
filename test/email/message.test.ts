import { describe, expect, it } from 'vitest';
import { buildAlertMessage, buildLeadMessage, messageIdOf } from '../../src/email/message.ts';
import { SEND_ID } from './fixtures.ts';

const email = { subject: 'Hello', preheader: '', html: '<p>x</p>', text: 'x\n' };
const common = {
  id: SEND_ID,
  from: { address: 'hello@Brookfield.example', name: 'B' },
  to: { address: 'ada@x.example' },
  email,
  date: new Date(0),
};

describe('messages', () => {
  it('to leads belong to a list and can be left by one click', () => {
    const { headers, messageId } = buildLeadMessage({
      ...common,
      unsubscribeUrl: 'https://n.example/u/t',
      topic: 'Irrigation guides!',
      template: 'ebook-welcome',
    });
    expect(messageId).toBe(`<${SEND_ID}@brookfield.example>`);
    expect(messageId).toBe(messageIdOf(SEND_ID, common.from.address));
    expect(headers).toEqual({
      'X-Nurture-Send': { prepared: true, value: SEND_ID },
      'List-Unsubscribe': { prepared: true, value: '<https://n.example/u/t>' },
      'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
      'List-Id': { prepared: true, value: '<irrigation-guides.brookfield.example>' },
      'Feedback-ID': { prepared: true, value: 'ebook-welcome:irrigation-guides:marketing:brookfieldexamp' },
    });
  });

  it('to reps are marked as made by a program, and belong to no list', () => {
    const { headers } = buildAlertMessage(common);
    expect(Object.keys(headers)).toEqual(['X-Nurture-Send', 'Auto-Submitted']);
  });

  it('keep names on one line', () => {
    const { to } = buildAlertMessage({ ...common, to: { address: 'a@x.example', name: 'Ada\r\nBcc: b@x.example' } });
    expect(to).toEqual({ address: 'a@x.example', name: 'Ada Bcc: b@x.example' });
    expect(buildAlertMessage({ ...common, to: { address: 'a@x.example', name: ' \n' } }).to).toEqual({
      address: 'a@x.example',
    });
  });
});
