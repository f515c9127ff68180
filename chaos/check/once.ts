import { groupBy, type Invariant } from './invariant.ts';

/** Counts the mails that the mail server kept, whether or not it could answer: by the id in the message and by its intent. */
export const noMessageTwice: Invariant = {
  holds: 'no message was taken twice',
  check({ mails, sends }) {
    const taken = mails.filter(({ fate }) => fate === 'taken');
    const keyOf = new Map(sends.map(({ id, key }) => [id, key]));
    const twice = (name: string, groups: Map<string, unknown[]>): string[] =>
      [...groups]
        .filter(([, group]) => group.length > 1)
        .map(([key, group]) => `${name} ${key}: ${group.length} times`);
    return {
      checked: taken.length,
      offenders: [
        ...twice(
          'X-Nurture-Send',
          groupBy(taken, ({ sendId }) => sendId),
        ),
        ...twice(
          'key',
          groupBy(taken, ({ sendId, to }) => `${keyOf.get(sendId) ?? sendId} to ${to}`),
        ),
      ],
    };
  },
};
