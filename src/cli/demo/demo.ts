/** The demo: twelve sample leads go through the sample playbook in virtual time, with the real API and real mail. */
import type { Config } from '../../runtime/config.ts';
import { isLoopback } from '../../runtime/config-secrets.ts';
import { AppError } from '../../domain/errors.ts';
import type { Stack } from '../../stack/supervisor.ts';
import { createApiClient, type ApiClient, type Leads } from '../client.ts';
import { developmentSignIn } from '../development-sign-in.ts';
import { withDb } from '../with-db.ts';
import { writePast } from './history/write-past.ts';
import { createMailInbox } from './inbox.ts';
import type { Setting } from './life.ts';
import { LIVES } from './lives/index.ts';
import { nameOf, playAll, type Played } from './play.ts';
import { colorsFor, createPrinter } from './print.ts';
import { outlookFor, outlookText, summaryTable, type Keys, type Outlook, type PrintedOutlook } from './summary.ts';

/** Lives played at a time: a fast-forward mostly waits for the Temporal server. */
const AT_ONCE = 4;

/** The same history on every machine. */
const HISTORY_SEED = 7;

export interface DemoOptions {
  config: Config;
  stack: Pick<Stack, 'urls'>;
  /** End the stack after the story, so that the summary offers nothing to try. */
  exit: boolean;
  /** Leads of the last two years that the reports are filled with; 0: none. */
  history: number;
  /** Print one JSON document on stdout and nothing else. */
  json: boolean;
}

/** @throws AppError in one line, when a life does not go as it should */
export async function runDemo({ config, stack, exit, json, history }: DemoOptions): Promise<void> {
  const { urls } = stack;
  if (urls.mail === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      'The demo reads its mails from the embedded mail inbox: unset SMTP_URL to run it.',
    );
  }
  const admin = createApiClient(urls.api, config.adminApiKey);
  const { keys, ...actors } = await makeKeys(admin, config.adminApiKey);
  const setting: Setting = { ...actors, inbox: createMailInbox(urls.mail), run: Date.now().toString(36) };
  const printer = createPrinter(json ? process.stderr : process.stdout, LIVES.length);
  const show = json ? { ...printer, onPlayed: () => {} } : printer;
  try {
    const before = await admin.get<Leads>('/v1/leads?limit=1');
    if (before.items.length > 0 && !json)
      printer.say(
        `The database already has leads; the demo does not change them. This run plays new leads, marked +${setting.run}.`,
      );
    if (before.items.length === 0 && history > 0)
      await fillReports(config, history, (text) => json || printer.say(text));
    const lives = await playAll(setting, LIVES, AT_ONCE, show);
    printer.close();
    const outlook = outlookFor(urls, config.temporal.namespace, keys, lives);
    if (json) process.stdout.write(`${JSON.stringify(documentOf(setting.run, lives, outlook), null, 2)}\n`);
    else printEnd(lives, exit ? undefined : { ...outlook, reports: await reportsAddress(config) });
  } finally {
    printer.close();
  }
}

/** Lives of the last two years, made up, so that the reports have something to show. */
async function fillReports(config: Config, leads: number, say: (text: string) => void): Promise<void> {
  say(`Filling the reports with ${leads.toLocaleString('en')} made-up leads of the last two years …`);
  await withDb(config, (db) => writePast(db, { leads, seed: HISTORY_SEED, until: new Date() }));
}

/** Makes the API keys of the website, of an operator and of each rep. */
async function makeKeys(
  admin: ApiClient,
  adminKey: string,
): Promise<Pick<Setting, 'site' | 'operator' | 'manager' | 'reps'> & { keys: Keys }> {
  const make = async (key: object): Promise<string> =>
    (await admin.post<{ secret: string }>('/v1/api-keys', key)).secret;
  const { items: reps } = await admin.get<{ items: { id: string; key: string; name: string; manager: boolean }[] }>(
    '/v1/reps',
  );
  const [site, operator] = await Promise.all([
    make({ name: 'demo website', role: 'site' }),
    make({ name: 'demo operator', role: 'operator' }),
  ]);
  const secrets = new Map<string, string>();
  for (const rep of reps) secrets.set(rep.id, await make({ name: `demo ${rep.name}`, role: 'rep', rep: rep.key }));
  const manager = secrets.get(reps.find((rep) => rep.manager)?.id ?? '');
  if (manager === undefined)
    throw new AppError('PLAYBOOK_INVALID', 'The demo needs the sample playbook: routing.yaml has no manager.');
  return {
    site: admin.as(site),
    operator: admin.as(operator),
    manager: admin.as(manager),
    reps: new Map([...secrets].map(([id, secret]) => [id, admin.as(secret)])),
    keys: { admin: adminKey, operator, site, manager },
  };
}

/** On the developer's own machine a link that signs in, once; elsewhere nobody is signed in by what a terminal shows. */
async function reportsAddress(config: Config): Promise<string> {
  const page = '/console/reports';
  const isOwn =
    config.env !== 'production' && config.embedded.postgres && isLoopback(new URL(config.publicUrl).hostname);
  if (!isOwn) return `${config.publicUrl}${page} (as somebody of \`npx nurture users invite\`)`;
  const { url, email } = await developmentSignIn(config, page);
  return `${url} (signs ${email} in, once, within ten minutes; then: npx nurture users link ${email})`;
}

function printEnd(lives: readonly Played[], outlook: PrintedOutlook | undefined): void {
  const { stdout } = process;
  const colors = colorsFor(stdout);
  stdout.write(`\n${summaryTable(lives, colors, stdout.columns ?? 120)}\n`);
  if (outlook !== undefined) stdout.write(`\n${outlookText(outlook, colors)}\n`);
}

function documentOf(run: string, lives: readonly Played[], outlook: Outlook): object {
  return {
    run,
    leads: lives.map(({ script, lead, next, story, mails }) => ({
      id: lead.id,
      name: nameOf(script),
      title: script.title,
      email: lead.email,
      source: lead.source,
      stage: lead.stage,
      score: lead.score,
      grade: lead.grade,
      cadence: lead.cadence,
      owner: lead.owner?.name ?? null,
      recycleCount: lead.need?.recycleCount ?? 0,
      closedNeeds: lead.closedNeeds.length,
      next: next.what,
      clock: lead.clock.now,
      mails,
      story,
    })),
    ...outlook,
  };
}
