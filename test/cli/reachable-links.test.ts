import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reachLinks } from '../../src/cli/reachable-links.ts';
import type { TemplateSource } from '../../src/domain/template.ts';

const asked: string[] = [];
let server: Server;
let base = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const path = request.url ?? '';
    if (path === '/moved') return void response.writeHead(302, { location: '/there' }).end();
    if (path === '/inside') return void response.writeHead(302, { location: 'http://[::1]:1/secret' }).end();
    const status =
      { '/gone': 404, '/shy': 403 }[path] ?? (path === '/no-head' && request.method === 'HEAD' ? 405 : 200);
    response.writeHead(status).end('x'.repeat(100));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function template(...paths: string[]): TemplateSource {
  const body = paths.map((path) => `<a href="${path.startsWith('/') ? base + path : path}">x</a>`).join('\n');
  const file = 'templates/a.mjml';
  const front = { subject: '', preheader: '', topic: 't', kind: 'resource' as const, text: null };
  return { key: 'a', hash: '', ...front, body, file, spans: [{ at: 0, file, line: 1, column: 1 }] };
}

it('pages that are gone are mistakes with their place; what may be there for people is warned of', async () => {
  const steps: string[] = [];
  const { mistakes, warnings } = await reachLinks(
    [
      template(
        '/there#part',
        '/gone',
        '/moved',
        '/no-head',
        '/shy',
        '/inside',
        '{{ campaign.url }}',
        'mailto:a@x.example',
      ),
    ],
    { allow: ['127.0.0.1'], progress: (done, all) => void steps.push(`${done}/${all}`) },
  );
  expect(mistakes.map(({ line, message }) => `${line} ${message}`)).toEqual([`2 "${base}/gone" answers HTTP 404`]);
  expect(warnings.map(({ message }) => message).toSorted()).toEqual([
    expect.stringContaining('/inside" was not asked: its name leads to an address that is not public'),
    expect.stringContaining('/shy" answers HTTP 403'),
  ]);
  expect(asked).toContain('GET /no-head');
  expect(asked).not.toContain('GET /there');
  expect(steps.at(-1)).toBe('6/6');
});

it('addresses of this machine and its network are not asked', async () => {
  asked.length = 0;
  const { mistakes, warnings } = await reachLinks([template('/there')], { allow: [], progress: () => undefined });
  expect(mistakes).toEqual([]);
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('was not asked')]);
  expect(asked).toEqual([]);
});
