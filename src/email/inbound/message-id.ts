import { isId } from '../../domain/ids.ts';

/** The send that a Message-ID of ours names, in brackets or without; null: it is none of ours. */
export function sendIdOfMessage(messageId: string | null): string | null {
  const [, local = ''] = /^\s*<?([^<>@\s]{1,100})@/.exec(messageId ?? '') ?? [];
  return isId('send', local) ? local : null;
}

/** The sends that the fields of an answer or a returned mail name. */
export function sendIdsIn(...fields: readonly (string | undefined)[]): string[] {
  const ids = fields.flatMap((field) => (field ?? '').slice(0, 4_000).match(/<[^<>\s]{1,200}>/g) ?? []);
  return [...new Set(ids.flatMap((id) => sendIdOfMessage(id) ?? []))];
}
