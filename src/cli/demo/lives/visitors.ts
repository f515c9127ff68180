import { click } from '../letter.ts';
import type { Script } from '../life.ts';
import { euros, showVisit } from './requests.ts';

/** Leads who stopped at the stand of a trade show. */
export const VISITORS: readonly Script[] = [
  {
    title: 'takes the offer of the show',
    person: {
      firstName: 'Camille',
      lastName: 'Roux',
      company: 'Domaine des Trois Vents',
      email: 'camille+{run}@trois-vents.example',
      jobTitle: 'Cellar master',
      industry: 'winery',
      companySize: 18,
      country: 'FR',
      timeZone: 'Europe/Paris',
    },
    ends: 'customer',
    async play(life) {
      await life.comesIn(showVisit('vineyard'), 'operator');
      await life.passUntilMail('show-thank-you');
      const offer = await life.passUntilMail('show-exclusive-offer');
      await life.passToWorkingMorning();
      await click(offer, 'Reserve my starter set');
      await life.does('demo.requested', { path: '/show/starter-set' });
      await life.untilStage('assigned');
      const brief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repAccepts(brief);
      await life.pass('P3D');
      await life.outcome({
        result: 'won',
        value: euros(690),
        note: 'Starter set now; wants to see one season before the rest.',
      });
      await life.passUntilMail('customer-welcome');
      await life.untilStage('customer');
    },
  },
  {
    title: 'lets the offer pass, and goes on with material',
    person: {
      firstName: 'Pieter',
      lastName: 'de Vries',
      company: 'Westland Tomaten',
      email: 'pieter+{run}@westland-tomaten.example',
      jobTitle: 'Grower',
      industry: 'greenhouse',
      companySize: 120,
      country: 'NL',
      timeZone: 'Europe/Amsterdam',
    },
    ends: 'nurturing',
    async play(life) {
      await life.comesIn(showVisit('greenhouse'), 'operator');
      await life.passUntilMail('show-thank-you');
      await life.passUntilMail('show-exclusive-offer');
      await life.passUntilMail('show-offer-reminder');
      await life.passUntilMail('show-material');
      await life.until('it is in the cadence ‘material’', (lead) => lead.cadence === 'material');
    },
  },
];
