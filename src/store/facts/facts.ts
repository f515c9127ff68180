/** Collects the facts with which conditions about a lead are evaluated. */
import type { Condition, LeadFacts } from '../../domain/condition.ts';
import { type Asked, askedBy, namesAsked } from '../../domain/fields/asked.ts';
import { readFields } from '../../domain/fields/facts.ts';
import type { Part } from '../../domain/fields/field.ts';
import { ROW_FIELDS } from '../../domain/fields/registry.ts';
import { FREE_MAIL_DOMAINS } from '../../domain/free-mail.ts';
import { segmentConditions } from '../../domain/segment.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { type LeadContext, loadContexts } from './load-contexts.ts';

/** The facts of a lead. `atMs` is on the lead's clock: the score is decayed to that time. */
export function factsOf(lead: Lead, context: LeadContext, playbook: Playbook, atMs: number): LeadFacts {
  const moment = { atMs, fading: playbook.scoring, freeMail: FREE_MAIL_DOMAINS };
  const { behaviors } = context;
  return {
    ...readFields({ lead, ...context }, moment),
    attributes: attributesOf(lead),
    segments: segmentConditions(playbook.segments),
    ...(behaviors === undefined ? {} : { behaviors }),
  };
}

/** Reads the facts of a lead, as `factsOf`. */
export type FactReader = (lead: Lead, context: LeadContext, atMs: number) => LeadFacts;

/** Reads what these conditions ask about and nothing else: for very many leads. */
export function factReader(playbook: Playbook, conditions: Iterable<Condition | undefined>): FactReader {
  const segments = segmentConditions(playbook.segments);
  const names = namesAsked(conditions, segments);
  const fields = ROW_FIELDS.filter(({ name }) => names.has(name));
  return (lead, context, atMs) => {
    const moment = { atMs, fading: playbook.scoring, freeMail: FREE_MAIL_DOMAINS };
    const facts: LeadFacts = readFields({ lead, ...context }, moment, fields);
    facts.attributes = attributesOf(lead);
    facts.segments = segments;
    if (context.behaviors !== undefined) facts.behaviors = context.behaviors;
    return facts;
  };
}

/** What is at hand already, or is read in a way of its own, if it is asked about. */
export type Known = { [P in keyof KnownContext]: KnownContext[P] | (() => Promise<KnownContext[P]>) };
type KnownContext = Omit<LeadContext, 'behaviors'>;

/**
 * The facts that these conditions ask about, of a lead's row as it stands. What is not known yet is read in one statement; where
 * they ask about nothing else there is none.
 */
export async function loadFacts(
  tx: Tx,
  lead: Lead,
  conditions: Iterable<Condition | undefined>,
  playbook: Playbook,
  atMs: number,
  known: Known = {},
): Promise<LeadFacts> {
  const asked = askedBy(conditions, segmentConditions(playbook.segments));
  const moment = { atMs, clock: 'fixed', fading: playbook.scoring } as const;
  const read = await loadContexts(tx, [lead], without(asked, known), moment);
  const context: Record<string, unknown> = { ...read.get(lead.id) };
  for (const part of asked.parts) {
    const at = part === 'lead' ? undefined : known[part];
    if (at !== undefined) context[part] = typeof at === 'function' ? await at() : at;
  }
  return factsOf(lead, context, playbook, atMs);
}

function without({ parts, behaviors }: Asked, known: Known): Asked {
  const missing = [...parts].filter((part) => part === 'lead' || known[part] === undefined);
  return { parts: new Set<Part>(missing), behaviors };
}

function attributesOf(lead: Lead): Readonly<Record<string, unknown>> {
  const { attributes } = lead;
  return typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes) ? attributes : {};
}
