/** The page of `watch`: it shows mails or mistakes, reloads when a file changes, and answers to this machine alone. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { previewPerson } from '../../src/cli/preview/person.ts';
import { startPreviewServer } from '../../src/cli/preview/server.ts';
import { loadConfig } from '../../src/runtime/config.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

/** The status of a request that claims another host name. */
function statusAs(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

test('mails, then mistakes after a save, then a reload of the open page; other names get nothing', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'watch-'));
  for (const name of ['playbook', 'templates'])
    cpSync(path.join(ROOT, name), path.join(dir, name), { recursive: true });
  const config = loadConfig({
    NODE_ENV: 'test',
    PLAYBOOK_DIR: path.join(dir, 'playbook'),
    TEMPLATES_DIR: path.join(dir, 'templates'),
  });
  const server = await startPreviewServer(config, await previewPerson(config, {}), 0);
  const page = async (where: string) => (await fetch(`${server.url}/${where}`)).text();
  try {
    expect(await page('')).toContain('<a href="/ebook-checklist">');
    expect(await page('ebook-checklist')).toContain('Hello Alex');
    expect(await page('ebook-cheklist')).toContain(
      'did you mean &quot;ebook-checklist&quot;?'.replaceAll('&quot;', '"'),
    );

    const changes = (await fetch(`${server.url}/changes`)).body?.getReader();
    expect(new TextDecoder().decode((await changes?.read())?.value)).toBe(': ready\n\n');
    const file = path.join(dir, 'templates', 'ebook-checklist.mjml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('lead.firstName', 'lead.fristName'));
    await server.refresh();
    expect(new TextDecoder().decode((await changes?.read())?.value)).toBe('data: changed\n\n');
    expect(await page('ebook-checklist')).toContain('did you mean &quot;lead.firstName&quot;?');

    expect(await statusAs('evil.example', server.url)).toBe(403);
    const { headers } = await fetch(server.url, { headers: { origin: 'https://evil.example' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
  } finally {
    await server.close();
    rmSync(dir, { recursive: true });
  }
});
