/** In tests an answer is as the document says, so that nobody is told a field that nobody decided to tell. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemHandler } from '../../src/api/problem.ts';
import { json } from '../../src/api/reply.ts';
import { mount, route } from '../../src/api/route.ts';
import type { RulesInForce } from '../../src/store/rules/in-force.ts';

const Answer = z.object({ id: z.string(), of: z.object({ name: z.string() }).nullable() });

test.each([
  ['as declared', { id: 'a', of: { name: 'b' } }, 200],
  ['with a field too many', { id: 'a', of: null, email: 'x' }, 500],
  ['with a field too many inside', { id: 'a', of: { name: 'b', phone: 'x' } }, 500],
  ['with a field that is missing', { id: 'a' }, 500],
])('an answer %s', async (_what, value, status) => {
  const app = express();
  const answers = { 200: { description: 'An answer', schema: Answer } };
  const one = route({
    method: 'get',
    path: '/x',
    tag: 'x',
    summary: 'x',
    access: 'public',
    answers,
    handle: () => json(200, value),
  });
  mount(app, [one], {
    admit: async () => null,
    beforeForm: () => {},
    formPage: (work) => work(),
    checkAnswers: true,
    rules: { current: () => ({}) } as unknown as RulesInForce,
  });
  app.use(problemHandler(() => {}));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
  server.closeAllConnections();
  server.close();
  expect(answer.status).toBe(status);
});
