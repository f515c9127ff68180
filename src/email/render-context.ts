import type { Brand } from '../domain/brand.ts';
import type { StatedWords } from '../domain/stated-words.ts';
import type { Utm } from '../domain/utm.ts';

/** The variables of a template. Every field except the links and the sender may be missing, so templates give a fallback. */
export interface RenderContext {
  lead: {
    firstName?: string | null;
    lastName?: string | null;
    company?: string | null;
    jobTitle?: string | null;
    country?: string | null;
    language?: string | null;
    /** For rep templates only. */
    email?: string | null;
    phone?: string | null;
    attributes?: Readonly<Record<string, unknown>>;
  };
  sender: { companyName: string; postalAddress: string; name: string };
  /** Where and when it is read: the reader's zone, and `now` on the lead's clock. Without it times are in UTC. */
  clock?: { zone: string; at: Date };
  /** What is added to the links. */
  utm?: Utm;
  /** As settings.yaml has it. A color that it does not name is the default. */
  brand?: Pick<Brand, 'logo' | 'colors'>;
  links: {
    unsubscribe?: string;
    viewInBrowser?: string;
    /** The page on which the reader chooses topics, how often, a pause. */
    preferences?: string;
    /** Of the mail that asks to confirm a consent. */
    confirm?: string;
    /** The rep's page for an assignment. */
    decision?: string;
  };
  /** The campaign of the cadence, else the one that the request named. Instants are in ISO 8601. */
  campaign?: { name?: string; starts?: string; ends?: string; event?: string; url?: string } | null;
  /** What the lead itself asked for: when, and the campaign of its own touch, whatever the cadence is about. */
  request?: { at?: string; campaign?: string } | null;
  need?: { productLine?: string | null; type?: string | null } | null;
  rep?: { name: string; email?: string } | null;
  /** For rep templates only. */
  brief?: RepBrief;
  /** For the mail that tells a rep of tasks only. */
  tasks?: ToldTasks;
  /** For the mail that tells a rep of leads that were handed over at once. */
  handOver?: ToldHandOver;
  /** When the rep's answer is due (to the offer; in `rep-reply` to the lead), in words, in the rep's zone. */
  dueAt?: string;
}

/** What a rep is to do: how many tasks, and the first of them by their due time. */
export interface ToldTasks {
  count: number;
  list: readonly {
    kind: string;
    text: string;
    /** In words, in the rep's zone. */
    due: string;
    /** The lead's name. */
    lead: string | null;
    company: string | null;
    phone: string | null;
    email: string | null;
  }[];
}

/** Leads that a rep gets at once: how many, and the first of them. */
export interface ToldHandOver {
  count: number;
  /** Who had them before. */
  from: readonly string[];
  /** What the person who handed them over wrote: for most, one note for all. */
  notes: readonly string[];
  list: readonly {
    /** The lead's name. */
    lead: string | null;
    company: string | null;
    stage: string;
    /** When the decision is due, in words, in the rep's zone; null: the rep has the lead already. */
    due: string | null;
    /** What was planned with it, and for when: "Send the quote by Sat 28 Nov 09:00"; null: nothing. */
    planned: string | null;
  }[];
}

/** Why a lead is handed to a rep, as the rep reads it. Points are engagement points; times are in words. */
export interface RepBrief {
  score: number;
  grade: string;
  source?: string | null;
  campaign?: string | null;
  /** The newest first. */
  reasons: readonly { rule: string; points: number; when: string }[];
  /** What the lead did, the newest first. */
  actions: readonly { what: string; when: string }[];
  productLine?: string | null;
  needType?: string | null;
  maturity?: string | null;
  /** What nothing else shows, as it holds an address of a page or a word that the playbook does not list: to be shown as a quotation. */
  stated?: readonly StatedWords[];
  /** Requests that were added to the open need since the last mail about such: how many, and the newest few. */
  requests?: { count: number; newest: readonly { what: string; when: string }[] };
  /** The newest of them, in the lead's own words or the form's. */
  request?: { what: string; when: string } | null;
  /** For the mail about an answer of the lead: whether the lead's page has what it wrote. */
  reply?: { hasText: boolean };
  recycleCount?: number;
  /** Why it comes now, and what to do next, each in a sentence or two. */
  whyNow?: string;
  nextAction?: string;
  /** Pages and material that it read, as quotations, the latest first. */
  read?: readonly string[];
  /** Hand-offs that are over and needs that are closed, the latest first. */
  history?: readonly { what: string; when: string }[];
  /** What reps noted, the latest first; of a rejection and a reroute too. */
  notes?: readonly { body: string; by: string | null; when: string }[];
  /** The name of the colleague who is away and whose deputy the rep is; null: the lead came otherwise. */
  standsInFor?: string | null;
  /** What goes along with a lead that was handed over: who had it, the note for the next rep, and what was planned, with its date. */
  handedOver?: { from: string | null; note: string | null; planned: string | null } | null;
}
