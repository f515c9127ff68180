import { AppError } from '../domain/errors.ts';
import { publishRead, storeLinksOf } from '../playbook/publish.ts';
import { contentOfRevision } from '../playbook/roll-back.ts';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { changeCampaigns } from '../store/campaigns/change-campaigns.ts';
import { asFiled } from '../store/rules/canaries.ts';
import { publishRevision, type ToPublish } from '../store/rules/publish-revision.ts';
import { newestRevision, readRules, readTemplates } from '../store/rules/read-rules.ts';
import { storedTemplate } from '../store/stored/template.ts';

const AUTHOR = { author: 'simulation' };

/**
 * Publishes in `db` what the real database has as playbook revision `number`. The real database is only read. `ofCanary`: what the canary of
 * the revision tries, for everybody; without it what is in force for who is not of the canary.
 * @throws AppError NOT_FOUND, STORED_BY_NEWER, UNAVAILABLE
 */
export async function publishCopy(config: Config, db: Db, number: number, ofCanary = false): Promise<void> {
  const real = createDb(config.databaseUrl, { max: 1 });
  try {
    const newest = await newestRevision(real);
    if (number < 1 || number > newest) throw new AppError('NOT_FOUND', unknownRevision(number, newest));
    const rules = await readRules(real, number);
    if (ofCanary && rules.canaries.size === 0)
      throw new AppError('NOT_FOUND', `Playbook revision ${number} has no canary: leave --canary out.`);
    const { playbook, templates } = ofCanary ? asFiled(rules) : rules;
    if (ofCanary || rules.canaries.size === 0) await publishRead({ playbook, templates }, db, AUTHOR);
    else await publishPinned(real, db, await contentOfRevision(real, number));
    await copyWritten(real, db);
  } finally {
    await closeDb(real);
  }
}

/** While a canary runs, a template can have other words than those that the cadences in force pin. */
async function publishPinned(real: Db, db: Db, content: ToPublish): Promise<void> {
  const there = new Set([...content.templates.values()].map(({ hash }) => hash));
  const pinned = content.cadences.flatMap(({ templates }) => Object.entries(templates));
  const missing = pinned.filter(([, hash]) => !there.has(hash));
  // One by one: two cadences may pin other words of one template.
  const read = await Promise.all(missing.map((one) => readTemplates(real, new Map([one]))));
  const sources = read.flatMap((one) => [...one.values()]);
  await storeLinksOf(db, content);
  for (const source of sources)
    await storeLinksOf(db, { playbook: content.playbook, templates: new Map([[source.key, source]]) });
  await db.templateRevision.createMany({
    data: sources.map((source) => ({ key: source.key, hash: source.hash, source: storedTemplate(source) })),
    skipDuplicates: true,
  });
  await publishRevision(db, content, AUTHOR);
}

/** Campaigns that were written through the API, and what was added to campaigns. */
async function copyWritten(real: Db, db: Db): Promise<void> {
  const rows = await real.campaignWrite.findMany({ where: { overAt: null }, orderBy: { number: 'asc' } });
  if (rows.length === 0) return;
  await changeCampaigns(db, async (tx) => {
    await tx.campaignWrite.createMany({
      data: rows.map(({ number: _own, data, ...row }) => ({ ...row, data: data ?? {} })),
    });
  });
}

function unknownRevision(number: number, newest: number): string {
  const there = newest === 0 ? 'none is published' : `the newest is ${newest}`;
  return `There is no playbook revision ${number}: ${there}. Without --revision the files of the folder are simulated.`;
}
