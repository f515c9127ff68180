/** Alignment for DMARC of each sender, as `validate` tells it without DNS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { unalignedSenders } from '../../src/cli/unaligned-senders.ts';
import type { Sender } from '../../src/domain/playbook.ts';
import { loadConfig } from '../../src/runtime/config.ts';

const SENDERS: Sender[] = [
  { sender: 'plain', topics: [] },
  { sender: 'offers', from: 'hello@Offers.example', topics: [] },
  { sender: 'news', from: 'hello@news.shop.co.uk', topics: [] },
  { sender: 'elsewhere', from: 'hello@offers.example', returnDomain: 'bounces.offers.example', topics: [] },
];

function told(environment: Record<string, string>): string[] {
  const playbookDir = mkdtempSync(path.join(tmpdir(), 'playbook-'));
  const lines = SENDERS.map(({ sender }) => `  ${sender}: { name: Shop }`);
  writeFileSync(path.join(playbookDir, 'settings.yaml'), ['senders:', ...lines].join('\n'));
  try {
    const { mail } = loadConfig({ MAIL_FROM: 'Shop <hello@shop.co.uk>', ...environment });
    return unalignedSenders({ mail, playbookDir }, SENDERS).map(
      ({ file, line, message }) => `${path.basename(file)}:${line} ${message}`,
    );
  } finally {
    rmSync(playbookDir, { recursive: true });
  }
}

it('says at the sender what receivers find in neither, and what to change', () => {
  expect(told({ INBOUND_DOMAIN: 'bounces.shop.co.uk' })).toEqual([
    expect.stringMatching(
      /^settings\.yaml:3 Mails are from offers\.example, the engine signs nothing, and they come back to bounces\.shop\.co\.uk: DMARC finds offers\.example in neither\. Add offers\.example to DKIM_DOMAIN/,
    ),
  ]);
  expect(told({ INBOUND_DOMAIN: 'bounces.offers.example' }).map((one) => one.slice(0, 15))).toEqual([
    'settings.yaml:2',
    'settings.yaml:4',
  ]);
});

it.each([
  ['mails come back to where they are from', {}],
  [
    'the signature of the domain is enough',
    { INBOUND_DOMAIN: 'bounces.shop.co.uk', DKIM_PRIVATE_KEY: 'key', DKIM_DOMAIN: 'shop.co.uk,offers.example' },
  ],
])('nothing where %s', (_name, environment) => {
  expect(told(environment)).toEqual([]);
});
