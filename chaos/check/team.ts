import type { Answered } from '../record.ts';
import { groupBy, type Invariant } from './invariant.ts';

const isYes = ({ status }: Answered): boolean => status >= 200 && status < 300;

/** Whoever begins after the answer to the absence and has chosen before its end is asked for reads that the rep is away. */
export const awayGetsNothing: Invariant = {
  holds: 'a rep who is away is offered nothing, unless a person says so',
  check({ answers, assignments, reps }) {
    const keyOf = new Map(reps.map(({ id, key }) => [id, key]));
    const absences = answers.flatMap((answer, n) => {
      if (answer.act !== 'away' || !isYes(answer)) return [];
      const back = answers.slice(n).find(({ act, key }) => act === 'back' && key === answer.key);
      return [{ rep: answer.key, fromMs: answer.at, untilMs: back?.askedAt ?? Infinity }];
    });
    const offenders = assignments
      .filter(({ rule }) => rule !== 'rerouted')
      .filter(({ repId, createdAt, madeAt }) =>
        absences.some(
          ({ rep, fromMs, untilMs }) =>
            rep === keyOf.get(repId) && createdAt.getTime() > fromMs && madeAt.getTime() < untilMs,
        ),
      );
    return {
      checked: absences.length,
      offenders: offenders.map(({ id, repId, rule }) => `${id}: offered to ${keyOf.get(repId)}, who is away (${rule})`),
    };
  },
};

/** Nobody else reroutes in a run. */
export const handedOverOnce: Invariant = {
  holds: 'a hand-over that was pressed twice moved each of its leads once, and as many as its answer says',
  check({ answers, commands }) {
    const forms = groupBy(
      answers.filter(({ act }) => act === 'hand-over'),
      ({ key }) => key,
    );
    const times = new Map(
      [...groupBy(commands.filter(isHandOver), ({ leadId }) => leadId)].map(([leadId, own]) => [leadId, own.length]),
    );
    const named = [...forms.values()].flatMap(([first]) => first?.leadIds ?? []);
    const namedTimes = groupBy(named, (leadId) => leadId);
    const offenders = [...times]
      .filter(([leadId, count]) => count > (namedTimes.get(leadId)?.length ?? 0))
      .map(([leadId, count]) => `${leadId}: moved ${count} times`);
    for (const [key, own] of forms) {
      const there = (own[0]?.leadIds ?? []).filter((leadId) => times.has(leadId)).length;
      for (const answer of own.filter(isYes)) {
        const moved = Number(answer.result ?? Number.NaN);
        if (!(moved <= there)) offenders.push(`${key}: answered ${answer.result}, and ${there} leads were moved`);
      }
    }
    return { checked: named.length, offenders };
  },
};

function isHandOver({ kind, ok }: { kind: string; ok: boolean }): boolean {
  return ok && (kind === 'reroute' || kind === 'route');
}

/** What a mail tells of together with others has no mail of its own. */
export const gatheredToldOnce: Invariant = {
  holds: 'a rep was told of each lead that was handed over with others by one mail at most',
  check({ gathered, sends, mails }) {
    const taken = new Set(mails.filter(({ fate }) => fate === 'taken').map(({ sendId }) => sendId));
    const told = new Set(sends.filter(({ id }) => taken.has(id)).map(({ key }) => key));
    return {
      checked: gathered.length,
      offenders: gathered
        .map((one) => ({ ...one, own: `assignment:${one.assignmentId}:brief` }))
        .filter(({ own, toldBy }) => own !== toldBy && told.has(own) && told.has(toldBy))
        .map(({ leadId, own, toldBy }) => `${leadId}: told by ${toldBy}, and by ${own}`),
    };
  },
};
