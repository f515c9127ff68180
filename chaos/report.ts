/** Prints the plan at the start and the verdicts at the end. */
import Table from 'cli-table3';
import type { Evidence } from './check/evidence.ts';
import { alertWays } from './check/hand-offs-told.ts';
import { hookAnswers } from './check/hooks.ts';
import type { Managing } from './plan-managers.ts';
import type { Casting } from './plan-broadcasts.ts';
import type { Fault, Plan } from './plan.ts';

const SHOWN = 5;

export interface Verdict {
  holds: string;
  checked: number;
  offenders: readonly string[];
}

export function describePlan({ seed, durationMs, faults, lives, batches, managing, casting }: Plan): string {
  const acts = lives.flatMap((life) => life.acts.map(({ act }) => act.kind));
  const count = (kind: string): number => acts.filter((one) => one === kind).length;
  const kinds = ['submit', 'event', 'pause', 'resume', 'forward', 'unsubscribe'];
  const inBatches = batches.flatMap(({ items }) => items).length;
  const lines = faults.map(({ atMs, fault }) => `  ${seconds(atMs)}  ${describeFault(fault)}`);
  const managed = managing.map(({ atMs, act }) => `  ${seconds(atMs)}  ${describeManaging(act)}`);
  return [
    `Seed ${seed}: ${lives.length} leads in ${durationMs / 60_000} minutes; ${kinds.map((kind) => `${count(kind)} ${kind}`).join(', ')}, ${batches.length} batches of ${inBatches} events`,
    `${faults.length} faults:`,
    ...lines,
    ...(managed.length === 0 ? [] : ['the manager:', ...managed]),
    ...(casting.length === 0
      ? []
      : ['the marketer:', ...casting.map(({ atMs, act }) => `  ${seconds(atMs)}  ${describeCasting(act)}`)]),
  ].join('\n');
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.target}`;
    case 'freeze':
      return `freeze ${fault.target} for ${fault.forMs / 1000} s`;
    case 'smtp':
      return `smtp ${fault.trouble} for ${Math.round(fault.share * 100)}% of the messages, ${Math.round(fault.forMs / 1000)} s`;
    case 'connections':
      return `take all connections of PostgreSQL for ${fault.forMs / 1000} s`;
    case 'cut':
      return `cut the connections of the product to PostgreSQL for ${fault.forMs / 1000} s`;
    case 'terminate':
      return `terminate ${fault.count} processes of leads`;
    case 'publish':
      return `publish a revision with a wait of ${fault.wait}, and migrate`;
    case 'amend':
      return 'publish other words of a mail, and amend';
    case 'deploy':
      return `deploy the ${fault.version} version of the workflow, worker after worker`;
  }
}

function describeManaging(act: Managing): string {
  switch (act.kind) {
    case 'away':
      return `${act.rep} is away, the deputy is ${act.deputy}`;
    case 'back':
      return `${act.rep} is back`;
    case 'hand-over':
      return `all leads of ${act.rep} are handed over to ${act.to}`;
  }
}

function describeCasting(act: Casting): string {
  if (act.kind === 'fire') return `the schedule of newsletter ${act.newsletter} fires`;
  if (act.kind !== 'plan') return `${act.kind} broadcast ${act.broadcast}`;
  const trial = act.isTrial === true ? ', with a trial' : '';
  return `plan broadcast ${act.broadcast}, ${act.rate} messages in a minute${trial}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}

export function describeVerdicts(verdicts: readonly Verdict[]): string {
  const table = new Table({
    head: ['invariant', 'looked at', 'violations'],
    colAligns: ['left', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { holds, checked, offenders } of verdicts) table.push([holds, checked, offenders.length]);
  const details = verdicts.flatMap(({ holds, offenders }) =>
    offenders.length === 0
      ? []
      : [
          '',
          `NOT: ${holds}`,
          ...offenders.slice(0, SHOWN).map((line) => `  ${line}`),
          ...(offenders.length > SHOWN ? [`  … and ${offenders.length - SHOWN} more`] : []),
        ],
  );
  return [table.toString(), ...details].join('\n');
}

/** Counts of what happened: a run whose faults hit nothing must not look like a run that held. */
export function describeRun(
  { plan, mails, hooks, sends, leads, findings, answers, assignments, alerts }: Evidence,
  statuses: ReadonlyMap<number, number>,
): string {
  const tally = (items: readonly string[]): string =>
    [...Map.groupBy(items, (item) => item)].map(([item, group]) => `${item} ${group.length}`).join(', ');
  return [
    `requests   ${tally(answers.map(({ act }) => act))}`,
    `tries      ${[...statuses]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${status === 0 ? 'none' : status} ${count}`)
      .join(', ')}`,
    `sends      ${tally(sends.map(({ status }) => status))}`,
    `mail       ${tally(mails.map(({ fate, answer }) => `${fate} (${answer})`))}`,
    `webhooks   ${tally(hookAnswers({ hooks }))}`,
    `alerts     ${tally(alertWays({ alerts }))}`,
    ...missedTroubles(plan, mails),
    `stages     ${tally(leads.map(({ stage }) => stage))}`,
    `stopped    ${tally(leads.flatMap(({ heldAt, heldReason, pausedAt }) => (heldAt !== null ? [`held: ${(heldReason ?? '').slice(0, 60)}`] : pausedAt === null ? [] : ['paused'])))}`,
    `hand-offs  ${tally(assignments.map(({ status }) => status))}`,
    `healed     ${tally(findings.map(({ kind, resolved }) => `${kind} ${resolved ? 'resolved' : 'open'}`))}`,
  ].join('\n');
}

/** In a short run the mail server's misbehavior may meet no message. */
function missedTroubles({ faults }: Plan, mails: Evidence['mails']): string[] {
  const met = new Set(mails.map(({ answer }) => answer));
  const missed = faults.flatMap(({ fault }) => (fault.kind === 'smtp' && !met.has(fault.trouble) ? fault.trouble : []));
  return missed.length === 0 ? [] : [`no mail    met ${[...new Set(missed)].join(', ')}`];
}
