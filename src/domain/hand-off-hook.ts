/** What another program (Slack, a CRM) is told of a team's hand-offs. */
import type { AuditEntry } from './audit.ts';

export const HOOK_EVENTS = ['offered', 'accepted', 'rejected', 'breached'] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

/** `webhook` of a team in routing.yaml. */
export interface TeamHook {
  url: string;
  on: readonly HookEvent[];
  /** Name of the secret that signs it; without it the one without a name. */
  secret?: string;
  /** `slack`: a message in words, as Slack and its like take it. Without it JSON with ids and keys. */
  format?: 'slack';
  /** Fields of the lead that go along. Without it nothing of the person does. */
  send?: readonly string[];
  /** The sentence of the brief that says why now goes along. It may quote what the lead stated. */
  whyNow?: true;
}

/** Something that happened to a hand-off. `what`: of a breach, which clock: decision, contact, answer. */
export interface HookNews {
  assignmentId: string;
  event: HookEvent;
  what: string | null;
}

/** What an entry of the audit tells about a hand-off; null: nothing that another program is told of. */
export function hookNewsOf(entry: AuditEntry): HookNews | null {
  switch (entry.action) {
    case 'assignment.offered':
      return { assignmentId: entry.data.assignmentId, event: 'offered', what: null };
    case 'assignment.accepted':
      return { assignmentId: entry.data.assignmentId, event: 'accepted', what: null };
    case 'assignment.rejected':
      return { assignmentId: entry.data.assignmentId, event: 'rejected', what: null };
    case 'assignment.expired':
      return { assignmentId: entry.data.assignmentId, event: 'breached', what: 'decision' };
    case 'assignment.late':
      if (entry.data.what !== 'contact' && entry.data.what !== 'answer') return null;
      return { assignmentId: entry.data.assignmentId, event: 'breached', what: entry.data.what };
    default:
      return null;
  }
}

export interface HookFacts {
  event: HookEvent;
  what: string | null;
  rep: string;
  team: string;
  grade: string;
  /** Label of the reason of a rejection. */
  reason: string | null;
  whyNow: string | null;
  /** What `send` names, by name. */
  fields: Readonly<Record<string, unknown>>;
  /** Of the lead's page. */
  url: string;
}

const LATE: Readonly<Record<string, string>> = {
  decision: 'did not decide in time',
  contact: 'did not contact it in time',
  answer: 'did not answer its reply in time',
};

/** The message for Slack: what happened, in a line or two. Nothing of it is read as a command or a mention. */
export function slackText({ event, what, rep, team, grade, reason, whyNow, fields, url }: HookFacts): string {
  const who = escaped(rep);
  const line = {
    offered: `A lead of grade ${grade} is offered to ${who} (${escaped(team)})`,
    accepted: `${who} (${escaped(team)}) accepted a lead`,
    rejected: `${who} (${escaped(team)}) sent a lead away${reason === null ? '' : `: ${escaped(reason)}`}`,
    breached: `${who} (${escaped(team)}) ${LATE[what ?? ''] ?? 'was late'}`,
  }[event];
  const more = Object.entries(fields).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}: ${escaped(inText(value))}`],
  );
  return [`${line}. <${url}|Open>`, ...(whyNow === null ? [] : [escaped(whyNow)]), ...more].join('\n');
}

function inText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As Slack wants it: these three characters begin links and mentions. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
