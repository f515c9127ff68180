/** Publishing without folders: a playbook with one cadence, which uses a template of a given text. */
import type { Cadence } from '../../src/domain/cadence.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import type { TemplateSource } from '../../src/domain/template.ts';
import type { Db } from '../../src/store/db.ts';
import { type Publication, publishRevision, type Publisher } from '../../src/store/rules/publish-revision.ts';
import { PLAYBOOK } from './support.ts';

export const CADENCE: Cadence = {
  cadence: 'ebook',
  name: 'Ebook',
  purpose: 'nurture',
  priority: 1,
  reentry: 'never',
  whenDone: 'dormant',
  steps: [],
};

export async function publishContent(
  db: Db,
  text: string,
  playbook: Partial<Playbook> = {},
  publisher: Partial<Publisher> = {},
): Promise<Publication> {
  const hash = Buffer.from(text).toString('hex').padEnd(64, '0');
  const template: TemplateSource = {
    key: 'guide',
    hash,
    subject: 'Your guide',
    preheader: '',
    topic: 'news',
    kind: 'resource',
    text: null,
    body: text,
    file: 'templates/guide.mjml',
    spans: [],
  };
  const published = { ...PLAYBOOK, cadences: [CADENCE], ...playbook };
  const cadences = published.cadences.map((cadence) => ({ cadence, hash, templates: { guide: hash } }));
  const content = { playbook: published, templates: new Map([['guide', template]]), cadences };
  return publishRevision(db, content, { author: 'ada', ...publisher });
}
