import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

test('what is logged holds no address, phone number, name or key', () => {
  const script = `
    import { createLogger } from './src/runtime/log.ts';
    const log = createLogger({ logLevel: 'info' }, 'api');
    log.info({ leadId: 'lead_1', lead: { email: 'ada@example.com', phone: '+441234', firstName: 'Ada' } }, 'lead created');
    log.info({ req: { headers: { authorization: 'Bearer sk_live_1' } }, email: 'ada@example.com' }, 'request');
    log.warn({ err: new Error('550 5.1.1 <ada@example.com> unknown') }, 'send refused');
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output).not.toMatch(/ada|441234|sk_live/i);
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map((line) => [line['name'], line['level'], line['msg']])).toEqual([
    ['api', 'info', 'lead created'],
    ['api', 'info', 'request'],
    ['api', 'warn', 'send refused'],
  ]);
  expect(lines[0]?.['leadId']).toBe('lead_1');
  expect(lines[2]?.['err']).toMatchObject({ message: '550 5.1.1 <address> unknown' });
});
