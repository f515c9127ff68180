/** What a timeline is made of, and what its words need beside. */
import type { AuditAction, AuditData } from './audit.ts';
import type { ConsentBy } from './consent-by.ts';
import type { EventProperties } from './machine-open.ts';
import type { SendFacts } from './send-words.ts';

export type TimelineEntry =
  | {
      kind: 'touch';
      data: {
        how: string;
        source: string | null;
        campaign: string | null;
        first: boolean;
        inbound: boolean;
        request?: { suspicious?: readonly string[] };
      };
    }
  | {
      kind: 'consent';
      data: { topic: string; granted: boolean; unconfirmed: boolean; source: string; statedBy: ConsentBy | null };
    }
  | {
      kind: 'event';
      data: { type: string; machine: boolean; properties?: EventProperties };
    }
  | { kind: 'score'; data: { rule: string; points: number; before: number; after: number } }
  | { kind: 'send'; data: SendFacts }
  | { kind: 'activity'; data: { activity: string; result?: string | null } }
  | { [A in AuditAction]: { kind: 'change'; action: A; data: AuditData[A] } }[AuditAction];

/** Names that the title needs and the entry does not contain. */
export interface Names {
  /** The name of a rep or an API key, by its id; the id itself when unknown. */
  person(id: string): string;
  /** Label of a reason by key; the key itself when unknown. */
  reason(key: string): string;
  /** The events of the playbook, which says what each is called. */
  events?: readonly { event: string; description: string }[];
  /** IANA zone of the times in the text, for who reads them at `nowMs`; without these UTC, with the year. */
  zone?: string;
  nowMs?: number;
}
