import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openApi } from './support.ts';

test('logs tell the route, the status and the key, and nothing about a person', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const bench = await openApi({ change: (deps) => ({ ...deps, log: pino({ level: 'debug' }, sink) }) });
  try {
    const leadId = await bench.lead({
      email: 'private@person.example',
      firstName: 'Wilhelmina',
      phone: '+49 30 7654321',
    });
    await bench.post('/v1/leads/lookup', { email: 'private@person.example' });
    const token = bench.tokens.unsubscribe('send-0193f0c2a7b47c1e8f9d2b3c4d5e6f70');
    await bench.get(`/u/${token}`, null);
    await bench.get('/private@person.example', null);
    await bench.post('/v1/leads', { email: 'private@person', firstName: 'Wilhelmina' });
    await bench.call('POST', '/v1/leads', {
      raw: '{"email":"private@person.example",',
      headers: { 'content-type': 'application/json' },
    });
    await bench.get(`/v1/leads/${leadId}`, 'nk_admin_guessed-secret');
    await bench.db.$disconnect();
    const all = lines.join('');
    for (const secret of ['private', 'Wilhelmina', '7654321', token, 'guessed', bench.keys.admin, 'authorization'])
      expect(all).not.toContain(secret);
    const requests = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request');
    expect(requests[0]).toMatchObject({
      method: 'POST',
      route: '/v1/leads',
      status: 201,
      keyId: expect.stringMatching(/^key-/),
      durationMs: expect.any(Number),
      requestId: expect.any(String),
    });
    for (const line of lines.filter((one) => one.includes('"msg":"request"')))
      expect(line.match(/"route":/g), line).toHaveLength(1);
    expect(requests.map(({ route, status }) => [route, status])).toContainEqual(['/u/:token', 404]);
    expect(requests.map(({ route, status, code }) => [route, status, code])).toContainEqual([
      '/v1/leads',
      400,
      'BODY_NOT_JSON',
    ]);
  } finally {
    await bench.close();
  }
});
