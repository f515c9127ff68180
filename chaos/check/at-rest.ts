/** The stack must become quiet. Otherwise unfinished work would break no other check. */
import type { Answered } from '../record.ts';
import type { Invariant } from './invariant.ts';

export const becameQuiet: Invariant = {
  holds: 'it became quiet in time',
  check: ({ restless }) => ({ checked: 1, offenders: restless.map((what) => `still ${what}`) }),
};

/** Every request is repeated until it is answered. Only a fast-forward is not repeated, because time would pass twice. */
export const allAnswered: Invariant = {
  holds: 'every request was answered once the faults were over',
  check({ answers }) {
    const wanted = answers.filter(({ act }) => act !== 'forward');
    return {
      checked: wanted.length,
      offenders: wanted
        .filter((answer) => !isAnswered(answer))
        .map(
          ({ act, email, key, status, result, attempts }) =>
            `${act} of ${email} (${key}): ${status === 0 ? 'no answer' : status} ${result ?? ''} after ${attempts} tries`,
        ),
    };
  },
};

/** The answer that the first request with this key still runs is no verdict. */
function isAnswered({ status, result }: Answered): boolean {
  return status > 0 && status < 500 && result !== 'IDEMPOTENCY_IN_PROGRESS';
}
