/** Events that say what somebody did with a campaign: `activity` of events.yaml. */
import type { ActivityKind } from '../domain/campaign-activity.ts';
import type { EventType, Playbook } from '../domain/playbook.ts';
import { Prisma } from '../store/generated/client.ts';

type Activity = EventType & Required<Pick<EventType, 'activity'>>;

/** The types of events that are activities of these kinds. */
export function activitiesOf({ events }: Pick<Playbook, 'events'>, kinds: readonly ActivityKind[]): Activity[] {
  return events.filter((one): one is Activity => one.activity !== undefined && kinds.includes(one.activity.is));
}

/** What an event `e` of one of the types says; at least one is needed. */
export function activitySql(types: readonly Activity[]) {
  const ofType = (value: (one: Activity) => Prisma.Sql): Prisma.Sql =>
    Prisma.sql`CASE e.type ${Prisma.join(
      types.map((one) => Prisma.sql`WHEN ${one.event} THEN ${value(one)}`),
      ' ',
    )} END`;
  return {
    isOne: Prisma.sql`e.type IN (${Prisma.join(types.map(({ event }) => event))}) AND NOT e.machine`,
    kind: ofType(({ activity }) => Prisma.sql`${activity.is}::text`),
    /** As the event names it. */
    campaign: ofType(({ activity }) => Prisma.sql`e.properties->>${activity.campaign}::text`),
    /** NULL where it is no number. */
    rating: ofType(({ activity: { rating } }) =>
      rating === undefined
        ? Prisma.sql`NULL::numeric`
        : Prisma.sql`CASE WHEN e.properties->>${rating}::text ~ '^-?[0-9]{1,9}([.][0-9]{1,9})?$' THEN (e.properties->>${rating}::text)::numeric END`,
    ),
  };
}
