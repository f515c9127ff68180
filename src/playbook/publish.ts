import type { FileChange } from '../domain/playbook-changes.ts';
import { inEachLanguage } from '../domain/template.ts';
import { compileTemplate } from '../email/compile.ts';
import { addressesOf } from '../email/links.ts';
import { kindOf } from '../steps/kinds.ts';
import type { Db } from '../store/db.ts';
import { storeLinks } from '../store/process/link-ids.ts';
import { type Publication, publishRevision, type Publisher, type ToPublish } from '../store/rules/publish-revision.ts';
import { type Folders, readFolders, type ReadPlaybook } from './read-folders.ts';
import { cadenceHash, templatesOf } from './revision.ts';

/**
 * Publishes what the marketer's folders say as the newest playbook revision, if it differs from the newest there is.
 * @throws AppError PLAYBOOK_INVALID, see `readFolders`; PLAYBOOK_OUTDATED, PLAYBOOK_EARLIER, STORED_BY_NEWER, see `publishRevision`
 */
export async function publish(folders: Folders, db: Db, publisher: Publisher): Promise<Publication> {
  return publishRead(await readFolders(folders), db, publisher);
}

/** The same of folders that were read already. */
export async function publishRead(
  { playbook, templates }: ReadPlaybook,
  db: Db,
  publisher: Publisher,
): Promise<Publication> {
  await storeLinksOf(db, { playbook, templates });
  return publishRevision(db, toPublish({ playbook, templates }), publisher);
}

/** The links are stored before the revision is in force, because a click is redirected only to a stored link. */
export async function storeLinksOf(db: Db, content: Pick<ReadPlaybook, 'playbook' | 'templates'>): Promise<void> {
  await storeLinks(db, (await linksOf(content)).flat());
}

/** The fixed addresses of all mails: of each template by itself, and with the UTM parameters of each step that sends it. */
function linksOf({ playbook, templates }: Pick<ReadPlaybook, 'playbook' | 'templates'>): Promise<string[][]> {
  const { utm: rule, cadences } = playbook;
  const steps = cadences.flatMap(({ cadence, steps: all }) =>
    all.flatMap((step) =>
      (kindOf(step).language.templates?.(step) ?? []).map((key) => ({ key, campaign: cadence, content: step.id })),
    ),
  );
  return Promise.all(
    [...templates.values()].flatMap((template) =>
      inEachLanguage(template).map(async (worded) => {
        const { links } = await compileTemplate(worded);
        const sent = steps.filter(({ key }) => key === template.key);
        return [undefined, ...(rule === undefined ? [] : sent.map((origin) => ({ rule, ...origin })))].flatMap((utm) =>
          addressesOf(links, utm),
        );
      }),
    ),
  );
}

/** With the hash of each cadence, which covers the templates it uses. */
export function toPublish({ playbook, templates }: Pick<ReadPlaybook, 'playbook' | 'templates'>): ToPublish {
  const cadences = playbook.cadences.map((cadence) => {
    const hashes = Object.fromEntries(templatesOf(cadence).map((key) => [key, templates.get(key)?.hash ?? '']));
    return { cadence, templates: hashes, hash: cadenceHash(cadence, hashes) };
  });
  return { playbook, templates, cadences };
}

/** "published playbook revision 7: cadences/podcast.yaml changed, templates/news.mjml new" */
export function publicationInWords({ revision, changes, takenOver }: Publication): string {
  if (changes.length === 0) return `nothing changed: playbook revision ${revision} says the same already`;
  const taken = takenOverInWords(takenOver).map((sentence) => `. ${sentence}`);
  return `published playbook revision ${revision}: ${changes.map(changeInWords).join(', ')}${taken.join('')}`;
}

/** What becomes of campaigns that were written through the API, and that campaigns.yaml defines now. Nothing where there are none. */
export function takenOverInWords(keys: readonly string[] = []): string[] {
  if (keys.length === 0) return [];
  const named = keys.map((key) => `‘${key}’`).join(', ');
  const were = keys.length === 1 ? 'was' : 'were';
  return [
    `campaigns.yaml takes over ${named}, which ${were} written through the API: it says what holds now; costs, attendance and feedback that were added stay`,
  ];
}

function changeInWords({ file, change }: FileChange): string {
  return `${file} ${change}`;
}
