/** What a change of the scoring rules would do, as tables and a histogram for the terminal. */
import Table from 'cli-table3';
import { countOf } from '../domain/count-of.ts';
import { DEFAULT_PER_HOUR, hoursFor } from '../domain/rescoring.ts';
import type { MovedLead, ScoringPlan } from '../domain/scoring-plan.ts';
import { shownScore } from '../domain/score-words.ts';
import { GRADES } from '../domain/stage.ts';

const BAR = 24;
const SHOWN = 5;

export function scoringPlanInWords(plan: ScoringPlan): string[] {
  const { leads, newlyQualify, drop, ready, oneIn, replayed } = plan;
  const whole = (number: number): string => number.toLocaleString('en');
  return [
    `Scoring changes, for ${countOf(leads, 'lead', whole(leads))} in the nurture pool or with sales${replayed ? ', with what they did counted anew' : ''}:`,
    ...(oneIn === 1
      ? []
      : [`  estimated from one lead in ${oneIn}; --all looks at every lead, which takes about ${oneIn} times as long`]),
    `  ${whole(newlyQualify.leads)} would newly qualify${byGrade(newlyQualify)}`,
    ...newlyQualify.examples.slice(0, SHOWN).map((one) => `    ${leadInWords(one)}`),
    `  ${whole(drop.leads)} would not be ready any more, ${whole(drop.withSales)} of them with sales, where they stay`,
    ...drop.examples.slice(0, SHOWN).map((one) => `    ${leadInWords(one)}`),
    ...pendingInWords(plan, whole),
    `  ready by grade and score: ${whole(ready.before)} now, ${whole(ready.after)} then`,
    '  Newly qualify counts those of them that would be handed over: in the nurture pool, not handed over for it before, not cooling off.',
    '',
    gradeTable(plan),
    '',
    histogram(plan),
    '',
    'Publishing alone hands nobody over: points that were given stay, and each lead is looked at with its next event.',
    `  --rescore mark      makes scores and grades anew; who is ready by them is marked, and handed over with its next engagement`,
    `  --rescore hand-off  the same, and hands the ${whole(newlyQualify.leads)} over, the readiest first: at ${DEFAULT_PER_HOUR} an hour (--per-hour) ${hoursInWords(hoursFor(newlyQualify.leads, DEFAULT_PER_HOUR))}`,
  ];
}

function hoursInWords(hours: number): string {
  return hours < 1 ? 'in less than an hour' : `in ${countOf(hours, 'hour')}`;
}

/** What waits for a rescoring already, so that nobody takes it for an effect of this change. */
function pendingInWords({ pending }: ScoringPlan, whole: (number: number) => string): string[] {
  const { grades, newlyQualify, drop } = pending;
  if (grades === 0) return [];
  return [
    `  Not of this change: ${countOf(grades, 'lead', whole(grades))} ${grades === 1 ? 'has' : 'have'} another grade by the rules that are published already, which no rescoring has given yet. Of those above, ${whole(newlyQualify)} would newly qualify and ${whole(drop)} would not be ready any more by that alone.`,
  ];
}

function byGrade({ byGrade: counts }: ScoringPlan['newlyQualify']): string {
  const words = GRADES.flatMap((grade) => (counts[grade] === 0 ? [] : `${counts[grade]} of grade ${grade}`));
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}

function leadInWords({ leadId, stage, before, after }: MovedLead): string {
  return `${leadId} (${stage}): ${before.grade} ${shownScore(before.score)} → ${after.grade} ${shownScore(after.score)}`;
}

function gradeTable({ grades }: ScoringPlan): string {
  const table = new Table({ head: ['Grade', 'Leads now', 'Leads then'], style: { head: [], border: [] } });
  for (const grade of GRADES) table.push([grade, grades[grade].before, grades[grade].after]);
  return table.toString();
}

/** A bar for now and a bar for then, for each range of scores. The longest bar is the largest number of leads above the lowest range. */
function histogram({ scores }: ScoringPlan): string {
  const [lowest, ...above] = scores;
  const most = Math.max(1, ...above.flatMap(({ before, after }) => [before, after]));
  const bar = (leads: number): string => '█'.repeat(Math.min(BAR, Math.ceil((leads / most) * BAR))).padEnd(BAR);
  const rows = scores.map(({ from, before, after }, n) => {
    const next = scores[n + 1]?.from;
    const range = next === undefined ? `${from} and more` : `${from} to ${next - 1}`;
    const isCut = lowest?.from === from && Math.max(before, after) > most;
    const edge = isCut ? '…' : ' ';
    return [
      `${range.padStart(12)}  now  ${bar(before)}${edge} ${before}`,
      `${' '.repeat(12)}  then ${bar(after)}${edge} ${after}`,
    ].join('\n');
  });
  return ['Leads by score:', ...rows].join('\n');
}
