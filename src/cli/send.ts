/** `send resend`, `dismiss` and `show`: thin calls into the API. */
import type { Config } from '../runtime/config.ts';
import { calledInSentence } from '../store/lists/names.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';
import { inRow } from './why-words.ts';

interface Settled {
  /** Null for a mail to a rep: the list of the day, or gathered alerts. */
  leadId: string | null;
  repId?: string;
  resentAt?: string;
  dismissedAt?: string;
  by: Doer;
}

interface Doer {
  kind: string;
  name: string;
}

interface Shown {
  id: string;
  leadId: string;
  at: string;
  template: string;
  status: string;
  reason: string | null;
  resendOf: string | null;
  resent: { at: string; by: Doer } | null;
  dismissed: { at: string; by: Doer } | null;
}

export async function sendShow(config: Config, id: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const send = await api.get<Shown>(`/v1/sends/${id}`);
    const rows: [string, string][] = [
      ['Send', send.id],
      ['Lead', send.leadId],
      ['Mail', `${send.template}, ${send.at}`],
      ['Status', send.status.replace('_', ' ') + (send.reason === null ? '' : `: ${send.reason}`)],
      ...(send.resendOf === null ? [] : [['Repeats', send.resendOf] as [string, string]]),
      ...(send.resent === null
        ? []
        : [['Resent', `${send.resent.at} by ${calledInSentence(send.resent.by)}`] as [string, string]]),
      ...(send.dismissed === null
        ? []
        : [['Dismissed', `${send.dismissed.at} by ${calledInSentence(send.dismissed.by)}`] as [string, string]]),
    ];
    return { data: send, text: rows.map(inRow).join('\n') };
  });
}

export async function sendResend(config: Config, id: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.post<Settled>(`/v1/sends/${id}/resend`);
    return {
      data,
      text: `${id} is sent once more to ${data.leadId ?? data.repId}, as ${calledInSentence(data.by)} said at ${data.resentAt}.`,
    };
  });
}

export async function sendDismiss(config: Config, id: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.post<Settled>(`/v1/sends/${id}/dismiss`);
    return { data, text: `Nothing follows from ${id}, as ${calledInSentence(data.by)} said at ${data.dismissedAt}.` };
  });
}
