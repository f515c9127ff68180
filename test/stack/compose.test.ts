/** What docker-compose.yml lets in, and what it runs. */
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Service {
  image: string;
  entrypoint?: string | string[];
  ports?: string[];
  healthcheck?: unknown;
}
const file = await readFile(path.join(ROOT, 'docker-compose.yml'), 'utf8');
const { services } = parse(file, { merge: true }) as { services: Record<string, Service> };

test('what compose publishes is reached from this machine alone, unless PUBLISH_ON says otherwise', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(3);
  for (const port of ports) expect(port).toMatch(/^(?:127\.0\.0\.1|\$\{PUBLISH_ON:-127\.0\.0\.1\}):/);
});

test('no secret has a default', () => {
  for (const secret of ['ADMIN_API_KEY', 'SECRET_KEY', 'POSTGRES_PASSWORD']) expect(file).toMatch(`\${${secret}:?`);
  expect(file).not.toMatch(/\$\{(?:ADMIN_API_KEY|SECRET_KEY|POSTGRES_PASSWORD):-/);
});

test('the mail inbox of compose answers its own page only, as that of the embedded stack does', async () => {
  const { image, entrypoint } = services['mail'] ?? {};
  const [program, flag, guard = '', inbox = ''] = entrypoint ?? [];
  expect({ image, program, flag, guard: path.basename(guard) }).toEqual({
    image: 'nurture-engine',
    program: 'node',
    flag: '--import',
    guard: 'mail-guard.ts',
  });
  for (const part of [guard, inbox]) await access(path.join(ROOT, part));
});
