/** A need of the product line that a lead shows interest in: opened by one press on its page. */
import { html } from 'hono/html';
import { newId } from '../domain/ids.ts';
import type { Playbook } from '../domain/playbook.ts';
import { proposedLine } from '../domain/proposed-line.ts';
import { isClosed, type Stage } from '../domain/stage.ts';
import type { LeadDetail } from '../store/lists/lead.ts';
import { csrfField, type Html } from './layout.ts';
import type { Visitor } from './session.ts';

/** `opens`: the lead has no need that is worked on, and gets a new one. `fills`: nobody has said what its open need is about. */
export const WAYS = { opens: 'Open a need of', fills: 'Make the need about' } as const;
export type Way = keyof typeof WAYS;

export interface Proposed {
  line: string;
  /** Null: the open need is about something else, and a lead has one open need at a time. */
  way: Way | null;
}

/** What the lead did speaks for this line, beside what its need is about; null: for none. */
export function proposedFor(lead: LeadDetail, { scoring }: Playbook, nowMs: number): Proposed | null {
  const need = lead.needs.find(({ id }) => id === lead.needId);
  const about = need?.productLine ?? null;
  const proposed = proposedLine(scoring, lead, about, nowMs);
  return proposed && { line: proposed.line, way: wayOf(lead.stage as Stage, about) };
}

function wayOf(stage: Stage, about: string | null): Way | null {
  // To a disqualified lead nothing is sent, and a request is only recorded.
  if (stage === 'disqualified') return null;
  if (isClosed(stage) || stage === 'dormant') return 'opens';
  return about === null ? 'fills' : null;
}

/** Who looks at the page. */
export type Opener = Pick<Visitor, 'csrf' | 'repId'> & { mayOpen: boolean };

/** What the lead did speaks for a need; with the button for who may open it. */
export function proposedPart(lead: LeadDetail, { line, way }: Proposed, { csrf, repId, mayOpen }: Opener): Html {
  const words = html`<p>
    What it did speaks for a need of <strong>${line}</strong>, which its need is not
    about.${
      way === null && lead.stage !== 'disqualified'
        ? ' A lead has one open need at a time: it can be opened once this one is closed.'
        : ''
    }
  </p>`;
  if (way === null || !mayOpen) return words;
  return html`${words}
    <form method="post" action="/console/leads/${lead.id}/line" id="form-line">
      ${csrfField(csrf)} <input type="hidden" name="once" value="${newId('command')}" />
      <input type="hidden" name="line" value="${line}" /><input type="hidden" name="way" value="${way}" />
      <button>${WAYS[way]} ${line}</button>
      ${way === 'opens' && repId !== null ? html`<span class="soft">It is yours at once.</span>` : ''}
    </form>`;
}
