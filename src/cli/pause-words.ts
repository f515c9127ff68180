import { minuteInUtc } from '../domain/when.ts';

interface ToldPause {
  /** Null: all sending to leads. */
  cadence: string | null;
  since: Date | string;
  by: string;
  reason: string | null;
}

/** "Cadence ‘trip’ is paused since 2026-11-28 00:17 UTC by key-01: a wrong price. To go on: npx nurture cadence resume trip" */
export function pauseInWords({ cadence, since, by, reason }: ToldPause): string {
  const what = cadence === null ? 'All sending to leads' : `Cadence ‘${cadence}’`;
  const resume = cadence === null ? 'sending resume' : `cadence resume ${cadence}`;
  const why = reason === null ? '' : `: ${reason}`;
  return `${what} is paused since ${minuteInUtc(new Date(since))} by ${by}${why}. To go on: npx nurture ${resume}`;
}
