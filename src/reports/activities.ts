/** Events that say what somebody did with a campaign: `activity` of events.yaml. */
import type { ActivityKind } from '../domain/campaign-activity.ts';
import { type Campaign, plainly } from '../domain/campaign.ts';
import type { EventType, Playbook } from '../domain/playbook.ts';
import { Prisma } from '../store/generated/client.ts';

type Activity = EventType & Required<Pick<EventType, 'activity'>>;

/** The types of events that are activities of these kinds. */
export function activitiesOf({ events }: Pick<Playbook, 'events'>, kinds: readonly ActivityKind[]): Activity[] {
  return events.filter((one): one is Activity => one.activity !== undefined && kinds.includes(one.activity.is));
}

/** Names that events give campaigns, with the key of the campaign: a rule for touches that asks for the name alone fits an event as well. */
function keysByName(campaigns: readonly Campaign[]): [string, string][] {
  const keys = new Set(campaigns.map(({ campaign }) => plainly(campaign)));
  return campaigns.flatMap(({ campaign: key, utm = [] }) =>
    utm.flatMap(({ source, medium, campaign: name }): [string, string][] =>
      name === undefined || source !== undefined || medium !== undefined || keys.has(plainly(name))
        ? []
        : [[plainly(name), key]],
    ),
  );
}

/** What an event `e` of one of the types says; at least one is needed. */
export function activitySql(types: readonly Activity[], { campaigns }: Pick<Playbook, 'campaigns'>) {
  const names = keysByName(campaigns);
  const keyOf = (name: Prisma.Sql): Prisma.Sql =>
    names.length === 0
      ? name
      : Prisma.sql`CASE lower(${name}) ${Prisma.join(
          names.map(([known, key]) => Prisma.sql`WHEN ${known} THEN ${key}`),
          ' ',
        )} ELSE ${name} END`;
  const ofType = (value: (one: Activity) => Prisma.Sql): Prisma.Sql =>
    Prisma.sql`CASE e.type ${Prisma.join(
      types.map((one) => Prisma.sql`WHEN ${one.event} THEN ${value(one)}`),
      ' ',
    )} END`;
  return {
    isOne: Prisma.sql`e.type IN (${Prisma.join(types.map(({ event }) => event))}) AND NOT e.machine`,
    kind: ofType(({ activity }) => Prisma.sql`${activity.is}::text`),
    /** As the event names it, or the key of the campaign that has this name by a rule. */
    campaign: ofType(({ activity }) => keyOf(Prisma.sql`(e.properties->>${activity.campaign}::text)`)),
    /** NULL where it is no number. */
    rating: ofType(({ activity: { rating } }) =>
      rating === undefined
        ? Prisma.sql`NULL::numeric`
        : Prisma.sql`CASE WHEN e.properties->>${rating}::text ~ '^-?[0-9]{1,9}([.][0-9]{1,9})?$' THEN (e.properties->>${rating}::text)::numeric END`,
    ),
  };
}
