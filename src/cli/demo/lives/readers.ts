import { AppError } from '../../../domain/errors.ts';
import { click, open, unsubscribeByOneClick } from '../letter.ts';
import type { Life, Script } from '../life.ts';
import { ebookForm, euros } from './requests.ts';

/** Leads who came for the ebook. */
export const READERS: readonly Script[] = [
  {
    title: 'reads what comes, and asks for nothing',
    person: {
      firstName: 'Greta',
      lastName: 'Holm',
      company: 'Holm Perennials',
      email: 'greta+{run}@holm-perennials.example',
      jobTitle: 'Gardener',
      industry: 'nursery',
      companySize: 8,
      country: 'DE',
      timeZone: 'Europe/Berlin',
    },
    ends: 'dormant',
    async play(life) {
      await life.comesIn(ebookForm('greenhouse'));
      const welcome = await life.passUntilMail('ebook-welcome');
      await life.pass('PT3H');
      await open(welcome);
      await life.pass('P45D');
      await life.untilStage('dormant');
    },
  },
  {
    title: 'clicks, looks at prices, and buys',
    person: {
      firstName: 'Jonas',
      lastName: 'Feld',
      company: 'Gärtnerei Feld',
      email: 'jonas+{run}@gaertnerei-feld.example',
      jobTitle: 'Owner',
      industry: 'horticulture',
      companySize: 60,
      country: 'DE',
      timeZone: 'Europe/Berlin',
    },
    ends: 'customer',
    async play(life) {
      await life.comesIn(ebookForm('greenhouse'));
      await becomesReady(life);
      const brief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repAccepts(brief);
      await life.pass('P2D');
      await life.outcome({ result: 'opportunity', value: euros(12_400), funnelStage: 'quote sent' });
      await life.pass('P9D');
      await life.outcome({ result: 'won', value: euros(11_900), note: 'Two houses this winter, the third next year.' });
      await life.passUntilMail('customer-welcome');
      await life.passUntilMail('customer-first-week');
      await life.passUntilMail('customer-review');
      await life.untilStage('customer');
    },
  },
  {
    title: 'wants no more mail, with one click',
    person: {
      firstName: 'Sofía',
      lastName: 'Marín',
      company: 'Viveros Marín',
      email: 'sofia+{run}@viveros-marin.example',
      jobTitle: 'Manager',
      industry: 'nursery',
      companySize: 22,
      country: 'ES',
      timeZone: 'Europe/Madrid',
    },
    ends: 'dormant',
    async play(life) {
      await life.comesIn(ebookForm('greenhouse'));
      await life.passUntilMail('ebook-welcome');
      const checklist = await life.passUntilMail('ebook-checklist');
      await life.passToWorkingMorning();
      await unsubscribeByOneClick(checklist);
      await life.untilStage('dormant');
    },
  },
  {
    title: 'never agreed to marketing mail',
    person: {
      firstName: 'Noah',
      lastName: 'Keller',
      company: 'Keller Kräuter',
      email: 'noah+{run}@keller-kraeuter.example',
      jobTitle: 'Head gardener',
      industry: 'horticulture',
      companySize: 14,
      country: 'CH',
      timeZone: 'Europe/Zurich',
    },
    ends: 'nurturing',
    async play(life) {
      await life.comesIn(ebookForm('greenhouse', false));
      // The mail after two days may have to wait for a weekend to pass.
      await life.pass('P5D');
      const { lastSend } = await life.why();
      if (lastSend?.title.includes('no consent') !== true) {
        throw new AppError(
          'INTERNAL',
          `The reason for no mail should be the missing consent; why says: ${lastSend?.title ?? 'nothing'}.`,
        );
      }
    },
  },
];

/** Two clicks and a look at the prices: enough for a lead of grade A, who is offered to a rep at once. */
export async function becomesReady(life: Life): Promise<void> {
  const welcome = await life.passUntilMail('ebook-welcome');
  await life.passToWorkingMorning();
  await open(welcome);
  await click(welcome, 'Open the guide (PDF)');
  const checklist = await life.passUntilMail('ebook-checklist');
  await life.passToWorkingMorning();
  await click(checklist, 'Print the checklist');
  await life.until('the click is noticed', (lead) => lead.enrollment?.stepId !== 'checklist-clicked');
  await life.does('pricing.viewed', { path: '/pricing/greenhouse' });
  await life.untilStage('assigned');
}
