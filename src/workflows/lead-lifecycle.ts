import { patched } from '@temporalio/workflow';
import { LeadProcess } from './lead-process.ts';
import type { LeadInput } from './messages.ts';

/**
 * A lead's life while something is scheduled for it: drips, hand-off, and back. The workflow says when and what comes next. The
 * facts are in the database, and activities do the work. It ends when nothing is scheduled; a ring or a command starts it again.
 */
export async function leadLifecycle(input: LeadInput): Promise<void> {
  const lead = new LeadProcess(input);
  const came = lead.decisionThatCame;
  // `patched` comes last: a recorded run from before these changes replays as it was.
  if (came === 'hand-over' && patched('hand-over-before-its-clocks')) await lead.carryOutCommands();
  if (came === 'decision' && patched('decision-before-its-clocks')) await lead.carryOutCommands();
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
        // The last command may have scheduled something.
        if (lead.next.kind === 'nothing') await listen(lead);
        break;
    }
    if (lead.shouldStartAfresh) {
      await lead.answerCallers();
      await lead.startAfresh();
    }
  }
}

/** Sends drips until the lead qualifies, leaves the cadence, runs out of content, or a person decides otherwise. */
async function nurture(lead: LeadProcess): Promise<void> {
  while (lead.next.kind === 'step' && !lead.shouldStartAfresh) {
    if (await lead.waitForNews()) await lead.performStep();
  }
}

/** Offers the lead, reminds the rep, and offers it to the next rep, until a rep decides. */
async function handOff(lead: LeadProcess): Promise<void> {
  while (lead.next.kind === 'offer' || lead.next.kind === 'decision') {
    // `patched` comes last: a recorded run from before this change must not reach it, and replays as it was.
    if (lead.shouldStartAfresh && patched('hand-off-starts-afresh')) return;
    if (lead.next.kind === 'offer' || (await lead.waitForNews())) await lead.handOver();
  }
}

/** Waits for the next bell or command: nothing is due. */
async function listen(lead: LeadProcess): Promise<void> {
  if (await lead.waitForNews()) await lead.performStep();
}
