/** What `playbook new` writes is a good start: it passes `validate` as it is, and an editor finds its schema. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { newFile } from '../../src/cli/new-file.ts';
import { checkFolders } from '../../src/playbook/read-folders.ts';
import { loadConfig } from '../../src/runtime/config.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

test('a new cadence, template and form are without mistakes; nothing is overwritten', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'new-'));
  try {
    for (const name of ['playbook', 'templates'])
      cpSync(path.join(ROOT, name), path.join(dir, name), { recursive: true });
    const config = loadConfig({
      NODE_ENV: 'test',
      PLAYBOOK_DIR: path.join(dir, 'playbook'),
      TEMPLATES_DIR: path.join(dir, 'templates'),
    });
    expect((newFile(config, 'cadence', 'spring-offer').data as { files: string[] }).files).toHaveLength(2);
    newFile(config, 'template', 'thank-you');
    newFile(config, 'form', 'price-list-request');
    const { mistakes, content } = await checkFolders(config);
    expect(mistakes).toEqual([]);
    expect(content?.playbook.cadences.find(({ cadence }) => cadence === 'spring-offer')?.steps).toHaveLength(4);
    const [first = ''] = readFileSync(path.join(dir, 'playbook/cadences/spring-offer.yaml'), 'utf8').split('\n');
    const schema = first.replace('# yaml-language-server: $schema=', '');
    expect(existsSync(path.resolve(dir, 'playbook/cadences', schema))).toBe(true);

    expect(() => newFile(config, 'template', 'thank-you')).toThrow('choose another name');
    expect(() => newFile(config, 'cadence', 'Spring Offer')).toThrow('"Spring Offer" is no key');
  } finally {
    rmSync(dir, { recursive: true });
  }
});
