/** `inbound list`, `show` and `settle`: mails that came back and wait for a person; thin calls into the API. */
import Table from 'cli-table3';
import type { Config } from '../runtime/config.ts';
import { calledInSentence } from '../store/lists/names.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';
import { inRow } from './why-words.ts';

interface Mail {
  id: string;
  leadId: string | null;
  sendId: string | null;
  verdict: string;
  status: string | null;
  recipient: string | null;
  did: string;
  asksRemoval: boolean;
  excerpt: string | null;
  receivedAt: string;
  settledAt: string | null;
  settler: { kind: string; name: string } | null;
}

/** What a person says of a mail. */
export const SETTLEMENTS = {
  suppress: 'its address gets no more mail',
  unsubscribe: 'its writer is unsubscribed',
  dismiss: 'nothing follows from it',
} as const;
export type Settlement = keyof typeof SETTLEMENTS;

const SHOWN = 200;

/** Those that wait, the newest first; `all`: also those that are settled or did what they do by themselves. */
export async function inboundList(config: Config, { all = false } = {}): Promise<Answer> {
  return withApi(config, async (api) => {
    const { items } = await api.get<{ items: Mail[] }>(`/v1/inbound-mails?limit=${SHOWN}${all ? '' : '&waiting=true'}`);
    if (items.length === 0)
      return { data: { items }, text: all ? 'No mail came back.' : 'No mail waits for a person.' };
    const table = new Table({ head: ['Mail', 'Came', 'Verdict', 'Lead', 'About'], style: { head: [], border: [] } });
    for (const one of items)
      table.push([one.id, one.receivedAt, verdictOf(one), one.leadId ?? 'nobody known', one.recipient ?? '']);
    return { data: { items }, text: table.toString() };
  });
}

/** @throws AppError MAIL_UNKNOWN */
export async function inboundShow(config: Config, id: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const mail = await api.get<Mail>(`/v1/inbound-mails/${id}`);
    const rows: [string, string][] = [
      ['Mail', mail.id],
      ['Came', mail.receivedAt],
      ['Verdict', verdictOf(mail)],
      ['Lead', mail.leadId ?? 'nobody known'],
      ['Answers', mail.sendId ?? 'no message that is known'],
      ['About', mail.recipient ?? 'no address'],
      ['Did', mail.did],
      ['Settled', mail.settler === null ? 'no' : `${mail.settledAt} by ${calledInSentence(mail.settler)}`],
    ];
    return { data: mail, text: [...rows.map(inRow), '', mail.excerpt ?? ''].join('\n').trimEnd() };
  });
}

/**
 * Says the same of each mail, one after the other. What is settled stays settled when a later one is refused.
 * @throws AppError MAIL_UNKNOWN; CONFLICT for who cannot be unsubscribed by it
 */
export async function inboundSettle(config: Config, as: Settlement, ids: readonly string[]): Promise<Answer> {
  return withApi(config, async (api) => {
    const items: Mail[] = [];
    for (const id of ids) items.push(await api.post<Mail>(`/v1/inbound-mails/${id}/${as}`));
    return { data: { items }, text: items.map(({ id }) => `${id}: ${SETTLEMENTS[as]}.`).join('\n') };
  });
}

function verdictOf({ verdict, status, asksRemoval }: Mail): string {
  const asks = asksRemoval ? ', seems to ask for no more mail' : '';
  return `${verdict}${status === null ? '' : ` ${status}`}${asks}`;
}
