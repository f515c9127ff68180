import { expect, test } from 'vitest';
import { fromFor, senderOfTopic } from '../../src/domain/sender.ts';

const CONFIGURED = { address: 'hello@shop.example', name: 'Shop' };
const OWNER = { name: 'Ada', email: 'ada@shop.example' };
const SENDERS = [
  { sender: 'news', name: 'Shop News', from: 'news@shop.example', replyTo: 'office@shop.example', topics: ['news'] },
  { sender: 'sales', owner: true, topics: ['offers'] },
];

test('a topic has the sender that the playbook says, any other that of the configuration', () => {
  expect(senderOfTopic(SENDERS, 'guides')).toBeUndefined();
  expect(fromFor(undefined, CONFIGURED, OWNER)).toEqual({ from: CONFIGURED });
  expect(fromFor(senderOfTopic(SENDERS, 'news'), CONFIGURED, OWNER)).toEqual({
    from: { address: 'news@shop.example', name: 'Shop News' },
    replyTo: { address: 'office@shop.example' },
  });
});

test('the owner lends the name and gets the answers; the address stays one that DKIM signs for', () => {
  const sender = senderOfTopic(SENDERS, 'offers');
  expect(fromFor(sender, CONFIGURED, OWNER)).toEqual({
    from: { address: 'hello@shop.example', name: 'Ada' },
    replyTo: { address: 'ada@shop.example', name: 'Ada' },
  });
  expect(fromFor(sender, CONFIGURED, null)).toEqual({ from: CONFIGURED });
});
