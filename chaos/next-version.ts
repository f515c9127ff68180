/**
 * The workflow as a next version might have it: a run begins with a timer, to gather bells that come together. The histories of
 * runs that began before have none and must go on without; `patched` sees to it.
 */
import { patched, sleep } from '@temporalio/workflow';
import { LeadProcess } from '../src/workflows/lead-process.ts';
import { CHANGE } from './change.ts';

export { leadLifecycle } from '../src/workflows/lead-lifecycle.ts';

const GATHER_MS = 250;
const begun = new WeakSet<LeadProcess>();
const { performStep } = LeadProcess.prototype;

// At the first look, not before: until the process exists, commands would be refused.
LeadProcess.prototype.performStep = async function performStepLater(this: LeadProcess): Promise<void> {
  if (!begun.has(this)) {
    begun.add(this);
    if (patched(CHANGE)) await sleep(GATHER_MS);
  }
  await performStep.call(this);
};
