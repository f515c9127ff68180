/** The sample playbook names its topics in the languages of the preference page. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { topicsFor } from '../../src/api/topics.ts';
import { readFolders } from '../../src/playbook/read-folders.ts';
import { loadConfig } from '../../src/runtime/config.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

test('each topic of the sample playbook has a name in English and in German', async () => {
  const { playbook, templates } = await readFolders(
    loadConfig({ PLAYBOOK_DIR: path.join(ROOT, 'playbook'), TEMPLATES_DIR: path.join(ROOT, 'templates') }),
  );
  const named = (language: string): string[] => topicsFor({ templates, playbook }, language).map(({ name }) => name);
  expect(named('en')).toContain('Irrigation news');
  expect(named('de-AT')).toContain('Neues zur Bewässerung');
  const [english, german] = [named('en'), named('de')];
  expect(german.filter((name, n) => name === english[n])).toEqual([]);
});
