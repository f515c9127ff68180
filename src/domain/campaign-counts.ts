/** Who came to a campaign and how they liked it, as people said it day by day, in one figure each. */
import type { CampaignAttendance, CampaignFeedback } from './campaign.ts';

const HEADS = ['registered', 'attended', 'missed'] as const;

export type Heads = Readonly<Record<(typeof HEADS)[number], number | null>>;

/** The sums of what was counted; null where nobody counted it. */
export function headsOf(attendance: readonly CampaignAttendance[]): Heads {
  const sum = (key: (typeof HEADS)[number]): number | null => {
    const counted = attendance.flatMap((one) => one[key] ?? []);
    return counted.length === 0 ? null : counted.reduce((all, one) => all + one, 0);
  };
  return { registered: sum('registered'), attended: sum('attended'), missed: sum('missed') };
}

/** The mean of all ratings to two decimals, each as often as it has answers, and how many answers these are; null: nobody rated. */
export function ratingOf(feedback: readonly CampaignFeedback[]): { rating: number; answers: number } | null {
  const rated = feedback.flatMap(({ rating, answers = 1 }) => (rating === undefined ? [] : [{ rating, answers }]));
  if (rated.length === 0) return null;
  const answers = rated.reduce((all, one) => all + one.answers, 0);
  const sum = rated.reduce((all, one) => all + one.rating * one.answers, 0);
  return { rating: Math.round((100 * sum) / answers) / 100, answers };
}
