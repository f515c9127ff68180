import { z } from 'zod';
import { MARKETING } from '../../domain/consent.ts';
import { hintFor } from '../../domain/did-you-mean.ts';
import { key, mapping, readBy, textLike } from '../../language/schemas.ts';
import { next, readNext, slug, stepId, type StepLanguage, type StepReader } from '../language.ts';
import { liquidText } from '../liquid-text.ts';
import { isSendable, SENDABLE } from './fields.ts';
import type { WebhookStep } from './position.ts';

export const webhookAddress = readBy<string>((written, report) => {
  const expected = 'expected an address such as "https://sms.example/send"';
  if (typeof written !== 'string' || !/^https?:\/\//i.test(written) || !URL.canParse(written))
    return report([], expected) ?? undefined;
  if (/\{\{|\{%/.test(written))
    return report([], 'the address is the same for every lead; send what differs with "send" or "text"') ?? undefined;
  const { username, password } = new URL(written);
  if (username !== '' || password !== '')
    return report([], 'an address must not hold a password; the receiver checks the signature instead') ?? undefined;
  return written;
}).meta(textLike('^[Hh][Tt][Tt][Pp][Ss]?://(?!\\S*\\{[{%])\\S+$', 'an address such as "https://sms.example/send"', []));

export const webhookFields = readBy<string[]>((written, report) => {
  if (!Array.isArray(written)) return report([], 'expected a list of fields such as [phone, firstName]') ?? undefined;
  written.forEach((name: unknown, i) => {
    if (typeof name !== 'string') report([i], 'expected the name of a field');
    else if (!isSendable(name))
      report([i], `unknown field "${name}"${hintFor(name, SENDABLE)}; own fields are written attributes.<name>`);
  });
  return written as string[];
}).meta({
  type: 'array',
  items: { anyOf: [{ enum: SENDABLE }, { type: 'string', pattern: '^attributes\\.[^.]+$' }] },
  examples: [['phone', 'firstName']],
});

const attribute = z
  .string()
  .regex(/^[^\s.][^.]*$/, 'expected the name of an attribute, without "attributes.", such as "smsStatus"');

const schema = mapping({
  id: stepId,
  webhook: webhookAddress,
  send: webhookFields.default([]),
  text: liquidText.optional(),
  topic: key.optional(),
  message: z.boolean().optional(),
  secret: key.optional(),
  answer: mapping({ attributes: z.array(attribute).min(1, 'expected at least one attribute') }).optional(),
  next,
});

/**
 * The topic of a message to the lead; undefined: it is none. A step with words for the lead is a message, as an email is, unless it says
 * otherwise. What a message is must not depend on what carries it: consent, caps and quiet hours are asked by the topic.
 */
function topicOf(reader: StepReader, { topic, text, message }: z.output<typeof schema>): string | undefined {
  if (message !== false) return topic ?? (message === true || text !== undefined ? MARKETING : undefined);
  if (topic !== undefined)
    reader.report(['message'], 'a step with a topic is a message to the lead; leave out "topic" or "message: false"');
  return undefined;
}

export const webhookLanguage: StepLanguage<WebhookStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    const { webhook: url, send, text, secret, answer } = read;
    const topic = topicOf(reader, read);
    return {
      id: reader.id,
      kind: 'webhook',
      url,
      send,
      ...(text !== undefined && { text }),
      ...(topic !== undefined && { topic }),
      ...(secret !== undefined && { secret }),
      ...(answer !== undefined && { answer }),
      ...readNext(reader, read.next),
    };
  },
  defaultId: (written, place) =>
    `webhook-${typeof written === 'string' && URL.canParse(written) ? slug(new URL(written).hostname) : place}`,
};
