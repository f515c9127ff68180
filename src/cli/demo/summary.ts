/** The end of the demo: where each lead stands, where to look, and what to try. */
import Table from 'cli-table3';

import type { StackUrls } from '../../stack/supervisor.ts';
import { nameOf, type Played } from './play.ts';
import type { Colors } from './print.ts';

/** A table without lines between the rows. */
const DENSE = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

export function summaryTable(lives: readonly Played[], colors: Colors, columns: number): string {
  const head = ['Lead', 'Source', 'Mails', 'Score', 'Stage', 'Owner', 'What comes next'];
  const widths = [18, 12, 7, 7, 14, 18];
  const rest = Math.max(24, columns - widths.reduce((sum, width) => sum + width, 0) - head.length - 1);
  const table = new Table({
    head: head.map((name) => colors.bold(name)),
    colWidths: [...widths, rest],
    wordWrap: true,
    chars: DENSE,
    style: { head: [], border: [] },
  });
  for (const { script, lead, next, mails } of lives) {
    const got = mails.filter(({ to, status }) => to === 'lead' && status === 'sent').length;
    table.push([
      nameOf(script),
      lead.source ?? '',
      { content: String(got), hAlign: 'right' },
      `${lead.score} ${lead.grade}`,
      colors.yellow(lead.stage),
      lead.owner?.name ?? '',
      next.what,
    ]);
  }
  return table.toString();
}

export interface Keys {
  admin: string;
  operator: string;
  site: string;
  manager: string;
}

export interface Outlook {
  urls: StackUrls;
  /** The list of the leads of the sample cadences in the Temporal UI. */
  temporalList: string;
  keys: Keys;
  tryNext: { what: string; command: string }[];
}

/** With what is for the reader of the terminal alone. */
export interface PrintedOutlook extends Outlook {
  /** The address of the overview of the reports, and what has to be known of it. */
  reports: string;
}

export function outlookFor(urls: StackUrls, namespace: string, keys: Keys, lives: readonly Played[]): Outlook {
  const filter = encodeURIComponent("LeadStage IN ('nurturing', 'assigned', 'accepted', 'opportunity')");
  const waiting = lives.find(({ lead }) => lead.cadence === 'material') ?? lives[0];
  const unmailed = lives.find(({ lead }) => lead.consent.state === 'none') ?? lives[0];
  const newLead = {
    email: 'you@example.com',
    firstName: 'You',
    source: 'ebook',
    consent: { text: 'Yes, send me tips.', source: 'terminal' },
  };
  return {
    urls,
    temporalList: `${urls.temporalUi}/namespaces/${namespace}/workflows?query=${filter}`,
    keys,
    tryNext: [
      {
        what: `Why does ${unmailed?.script.person.firstName} get no mail?`,
        command: curl(keys.operator, `${urls.api}/v1/leads/${unmailed?.lead.id}/why`),
      },
      {
        what: `Let 20 days pass for ${waiting?.script.person.firstName}, and look into the mail inbox`,
        command: curl(keys.operator, `${urls.api}/v1/leads/${waiting?.lead.id}/fast-forward`, { duration: 'P20D' }),
      },
      {
        what: 'Come in yourself, as the website would send you',
        command: curl(keys.site, `${urls.api}/v1/leads`, newLead),
      },
      {
        what: 'See what became of it: the newest lead',
        command: curl(keys.operator, `'${urls.api}/v1/leads?limit=1'`),
      },
    ],
  };
}

function curl(key: string, url: string, body?: object): string {
  const json = body === undefined ? '' : ` -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return `curl -s -H 'Authorization: Bearer ${key}'${json} ${url}`;
}

export function outlookText({ urls, temporalList, keys, tryNext, reports }: PrintedOutlook, colors: Colors): string {
  const rows: [string, string][] = [
    ['API', urls.api],
    ['API docs', urls.docs],
    ['Temporal UI', temporalList],
    ...(urls.mail === undefined ? [] : [['Mail inbox', urls.mail] as [string, string]]),
    ['Operator key', `Authorization: Bearer ${keys.operator}`],
    ['Manager key', `Authorization: Bearer ${keys.manager}`],
    ['Site key', `Authorization: Bearer ${keys.site}`],
    ['Admin key', `Authorization: Bearer ${keys.admin}`],
  ];
  return [
    ...rows.map(([name, value]) => `  ${name.padEnd(13)} ${colors.cyan(value)}`),
    '',
    colors.bold('Try next'),
    ...tryNext.map(({ what, command }) => `  ${what}\n    ${colors.cyan(command)}`),
    '',
    'The stack stays up; Ctrl-C stops it.',
    '',
    colors.bold('What brings customers: the overview of the reports'),
    `  ${colors.cyan(reports)}`,
  ].join('\n');
}
