/**
 * The workflow as a next version might be: a run begins with a timer, to collect bells that arrive together. Runs that began before
 * have no such timer and must go on without it; `patched` makes sure of that.
 */
import { patched, sleep } from '@temporalio/workflow';
import { LeadProcess } from '../src/workflows/lead-process.ts';
import { CHANGE } from './change.ts';

export { broadcast } from '../src/workflows/broadcast.ts';
export { bulkRun } from '../src/workflows/bulk-run.ts';
export { newsletterIssue } from '../src/workflows/newsletter-issue.ts';
export { leadLifecycle } from '../src/workflows/lead-lifecycle.ts';

const GATHER_MS = 250;
const begun = new WeakSet<LeadProcess>();
const { performStep } = LeadProcess.prototype;

// At the first look and not earlier: until the process exists, commands would be refused.
LeadProcess.prototype.performStep = async function performStepLater(this: LeadProcess): Promise<void> {
  if (!begun.has(this)) {
    begun.add(this);
    if (patched(CHANGE)) await sleep(GATHER_MS);
  }
  await performStep.call(this);
};
