import { expect, test } from 'vitest';
import { fromFor, senderFor } from '../../src/domain/sender.ts';

const CONFIGURED = { address: 'hello@shop.example', name: 'Shop' };
const OWNER = { name: 'Ada', email: 'ada@shop.example' };
const SENDERS = [
  { sender: 'news', name: 'Shop News', from: 'news@shop.example', replyTo: 'office@shop.example', topics: ['news'] },
  { sender: 'sales', owner: true, topics: ['offers'] },
];

test('a topic has the sender that the playbook says, any other that of the configuration', () => {
  expect(senderFor(SENDERS, { topic: 'guides' })).toBeUndefined();
  expect(senderFor(SENDERS, { topic: 'news', sender: 'sales' })?.sender).toBe('sales');
  expect(senderFor(SENDERS, { topic: 'news', sender: 'gone' })?.sender).toBe('news');
  expect(fromFor(undefined, CONFIGURED, OWNER)).toEqual({ from: CONFIGURED });
  expect(fromFor(senderFor(SENDERS, { topic: 'news' }), CONFIGURED, OWNER)).toEqual({
    from: { address: 'news@shop.example', name: 'Shop News' },
    replyTo: { address: 'office@shop.example' },
  });
});

test('the owner lends the name and gets the answers; the address stays one that DKIM signs for', () => {
  const sender = senderFor(SENDERS, { topic: 'offers' });
  expect(fromFor(sender, CONFIGURED, OWNER)).toEqual({
    from: { address: 'hello@shop.example', name: 'Ada' },
    replyTo: { address: 'ada@shop.example', name: 'Ada' },
  });
  expect(fromFor(sender, CONFIGURED, null)).toEqual({ from: CONFIGURED });
});
