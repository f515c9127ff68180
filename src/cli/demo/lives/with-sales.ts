import type { Script } from '../life.ts';
import { euros } from './requests.ts';

/** Leads who start with sales. */
export const WITH_SALES: readonly Script[] = [
  {
    title: 'calls us ready to buy, then cannot be reached',
    person: {
      firstName: 'Emily',
      lastName: 'Carter',
      company: 'Carter Family Vineyards',
      email: 'emily+{run}@carter-vineyards.example',
      phone: '+1 707 555 0142',
      jobTitle: 'Owner',
      industry: 'winery',
      companySize: 28,
      country: 'US',
      timeZone: 'America/Los_Angeles',
    },
    ends: 'nurturing',
    async play(life) {
      await life.comesIn(
        {
          source: 'phone',
          channel: 'phone',
          how: 'phone',
          need: { type: 'controller', productLine: 'vineyard', maturity: 'ready', budget: 'known', need: 'known' },
          consent: { text: 'Asked on the phone whether we may mail her; she said yes.', source: 'phone call' },
          enterAt: { stage: 'assigned' },
        },
        'operator',
      );
      await life.untilStage('assigned');
      const brief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repAccepts(brief);
      for (const attempt of ['No answer.', 'Mailbox. Left a message.']) {
        await life.pass('P1D');
        await (await life.ownerApi()).post(`/v1/leads/${life.leadId}/activities`, { kind: 'call', body: attempt });
      }
      await life.repRejects(brief, 'no-answer', 'Two calls, no answer.');
      await life.untilStage('nurturing');
      await life.passUntilMail('recycled-hello-again');
    },
  },
  {
    title: 'is a customer, and comes back with a new need',
    person: {
      firstName: 'Tom',
      lastName: 'Ashworth',
      company: 'Ashworth Nurseries',
      email: 'tom+{run}@ashworth-nurseries.example',
      jobTitle: 'Director',
      industry: 'nursery',
      companySize: 55,
      country: 'GB',
      timeZone: 'Europe/London',
    },
    ends: 'accepted',
    async play(life) {
      await life.comesIn(
        {
          source: 'referral',
          how: 'referral',
          need: { type: 'controller', productLine: 'greenhouse', maturity: 'ready', value: euros(7_800) },
          consent: { text: 'Yes, keep me posted by email.', source: 'order form' },
          enterAt: { stage: 'opportunity', funnelStage: 'quote sent' },
        },
        'operator',
      );
      await life.untilStage('opportunity');
      // The rep is told of this one too; the brief that is decided on is the one after it.
      await life.receives('rep-brief');
      await life.outcome({ result: 'won', value: euros(7_800) });
      await life.untilStage('customer');
      await life.passUntilMail('customer-welcome');
      await life.pass('P120D');
      await life.passToWorkingMorning();
      await life.comesIn({
        source: 'website',
        landingPage: '/quote',
        need: { type: 'frost warning', productLine: 'greenhouse', maturity: 'ready' },
        event: { type: 'form.submitted', properties: { form: 'quote' } },
      });
      await life.untilStage('assigned');
      const brief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repAccepts(brief);
    },
  },
];
