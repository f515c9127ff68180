/** The negative control: the workflows of the product with a wait more, made without `patched`. Their replay must fail. */
import { sleep } from '@temporalio/workflow';
import { broadcast as unchangedBroadcast } from '../../../src/workflows/broadcast.ts';
import type { BroadcastInput } from '../../../src/workflows/broadcast-messages.ts';
import { bulkRun as unchangedRun } from '../../../src/workflows/bulk-run.ts';
import type { BulkInput } from '../../../src/workflows/bulk-messages.ts';
import { newsletterIssue as unchangedIssue } from '../../../src/workflows/newsletter-issue.ts';
import type { NewsletterInput } from '../../../src/workflows/newsletter-messages.ts';
import { leadLifecycle as unchanged } from '../../../src/workflows/lead-lifecycle.ts';
import type { LeadInput } from '../../../src/workflows/messages.ts';

export async function leadLifecycle(input: LeadInput): Promise<void> {
  await sleep('1 second');
  await unchanged(input);
}

export async function bulkRun(input: BulkInput): Promise<void> {
  await sleep('1 second');
  await unchangedRun(input);
}

export async function broadcast(input: BroadcastInput): Promise<void> {
  await sleep('1 second');
  await unchangedBroadcast(input);
}

export async function newsletterIssue(input: NewsletterInput): Promise<void> {
  await sleep('1 second');
  await unchangedIssue(input);
}
