import { resultInWords } from './contact-results.ts';

const ACTIVITIES: Readonly<Record<string, string>> = {
  call: 'Call',
  message: 'Message by a rep',
  email: 'Email by a rep',
  meeting: 'Meeting',
  note: 'Note',
  'next-step': 'Next step planned',
};

/** "Call (no answer)" */
export function activityInWords({ activity, result }: { activity: string; result?: string | null }): string {
  const what = ACTIVITIES[activity] ?? `Activity: ${activity}`;
  return result === undefined || result === null ? what : `${what} (${resultInWords(result)})`;
}
