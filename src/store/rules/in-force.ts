/** The rules that a process works by: one playbook revision at a time, the newest it can read. */
import type { Cadence } from '../../domain/cadence.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { TemplateSource } from '../../domain/template.ts';

/**
 * A playbook revision as it was published; what is in force has the campaigns of the API among those of its file. Never changed: a newer one is
 * another object.
 */
export interface PublishedRules {
  /** Number of the playbook revision. */
  revision: number;
  playbook: Playbook;
  /** Templates by key. Mails of a cadence use those its own revision pins; these are for mails to reps. */
  templates: ReadonlyMap<string, TemplateSource>;
  /** Id of the cadence revision that a new enrollment is pinned to, by the key of the cadence. */
  cadences: ReadonlyMap<string, string>;
  /** By the key of the cadence; most of the time there is none. */
  canaries: ReadonlyMap<string, Canary>;
}

/** Another revision of a cadence, which a share of its new enrollments gets. */
export interface Canary {
  revisionId: string;
  /** More than 0, less than 100. */
  percent: number;
  definition: Cadence;
  templates: Readonly<Record<string, string>>;
}

/** What a decision is made by, and what it says about that on record. */
export type DecidingRules = Pick<PublishedRules, 'revision' | 'playbook'>;

/**
 * Where the newest rules are asked for. A newer revision may come between two calls: whatever must be of one piece (a turn, a
 * request, a transaction) asks once, at its beginning, and hands on what it got.
 */
export interface RulesInForce {
  /** From memory, at no cost. */
  current(): PublishedRules;
  /** Why the newest revision is not the one in force here, in a sentence; null when it is, as far as this process knows. */
  behindBecause(): string | null;
}

/** Rules that stay as they are: for tests and programs that read the rules once. */
export function fixedRules(rules: PublishedRules): RulesInForce {
  return { current: () => rules, behindBecause: () => null };
}
