import { patched } from '@temporalio/workflow';
import { LeadProcess } from './lead-process.ts';
import type { LeadInput } from './messages.ts';

/**
 * A lead's life while something is scheduled for it: drips, hand-off, and back. It says when and what next; what is true is in
 * the database, what is done is done by activities. It ends when nothing is scheduled and is brought back by a ring or command.
 */
export async function leadLifecycle(input: LeadInput): Promise<void> {
  const lead = new LeadProcess(input);
  await lead.performStep();
  for (;;) {
    switch (lead.next.kind) {
      case 'step':
        await nurture(lead);
        break;
      case 'offer':
      case 'decision':
        await handOff(lead);
        break;
      case 'person':
      case 'stopped':
        await listen(lead);
        break;
      case 'nothing':
        await lead.answerCallers();
        if (lead.mayEnd) return;
        // A command that came in last may have set something going.
        if (lead.next.kind === 'nothing') await listen(lead);
        break;
    }
    if (lead.shouldStartAfresh) {
      await lead.answerCallers();
      await lead.startAfresh();
    }
  }
}

/** Drips until the lead qualified, left the cadence, ran out of content, or a person decided otherwise. */
async function nurture(lead: LeadProcess): Promise<void> {
  while (lead.next.kind === 'step' && !lead.shouldStartAfresh) {
    if (await lead.waitForNews()) await lead.performStep();
  }
}

/** Offers the lead, reminds, and passes it on, until a rep has decided. */
async function handOff(lead: LeadProcess): Promise<void> {
  while (lead.next.kind === 'offer' || lead.next.kind === 'decision') {
    // Asked last: a run that began before this was so goes on as it did.
    if (lead.shouldStartAfresh && patched('hand-off-starts-afresh')) return;
    if (lead.next.kind === 'offer' || (await lead.waitForNews())) await lead.handOver();
  }
}

/** Nothing to do by itself: waits for the next bell or command. */
async function listen(lead: LeadProcess): Promise<void> {
  if (await lead.waitForNews()) await lead.performStep();
}
