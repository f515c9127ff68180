import { groupBy, type Invariant } from './invariant.ts';

const isLive = (status: string): boolean => status === 'offered' || status === 'accepted';

export const oneOwner: Invariant = {
  holds: 'no need has two live assignments, and its owner is who has it',
  check({ leads, needs, assignments }) {
    const offenders: string[] = [];
    const live = groupBy(
      assignments.filter(({ status }) => isLive(status)),
      ({ needId }) => needId,
    );
    for (const [needId, own] of live) {
      if (own.length > 1)
        offenders.push(`${needId}: ${own.map(({ id, repId, status }) => `${id} ${status} ${repId}`).join(' and ')}`);
    }
    const needById = new Map(needs.map((need) => [need.id, need]));
    for (const lead of leads) {
      const [assignment] = live.get(lead.needId ?? '') ?? [];
      const wanted = { assigned: 'offered', accepted: 'accepted', opportunity: 'accepted' }[lead.stage];
      if (wanted === undefined) {
        if (assignment?.status === 'offered')
          offenders.push(`${lead.id} is ${lead.stage} and offered to ${assignment.repId}`);
        continue;
      }
      if (assignment?.status !== wanted)
        offenders.push(`${lead.id} is ${lead.stage}; its assignment is ${assignment?.status ?? 'none'}`);
      else if (assignment.repId !== lead.ownerId)
        offenders.push(`${lead.id} is owned by ${lead.ownerId}, assigned to ${assignment.repId}`);
      const owner = needById.get(lead.needId ?? '')?.ownerId;
      if (wanted === 'accepted' && owner !== lead.ownerId) offenders.push(`${lead.id}: its need is owned by ${owner}`);
    }
    return { checked: assignments.length, offenders };
  },
};
