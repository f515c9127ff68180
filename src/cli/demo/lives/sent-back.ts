import { AppError } from '../../../domain/errors.ts';
import type { Assignments } from '../../client.ts';
import { click } from '../letter.ts';
import type { Script } from '../life.ts';
import { becomesReady } from './readers.ts';
import { consultationForm, ebookForm, euros } from './requests.ts';

/** Leads whom the first rep does not keep. */
export const SENT_BACK: readonly Script[] = [
  {
    title: 'is too early, and comes back to the rep who knows her',
    person: {
      firstName: 'Lucia',
      lastName: 'Bertani',
      company: 'Tenuta Bertani',
      email: 'lucia+{run}@tenuta-bertani.example',
      jobTitle: 'Director',
      industry: 'viticulture',
      companySize: 35,
      country: 'IT',
      timeZone: 'Europe/Rome',
    },
    ends: 'opportunity',
    async play(life) {
      await life.comesIn(ebookForm('vineyard'));
      await becomesReady(life);
      const firstOwner = (await life.look()).owner;
      const brief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repRejects(brief, 'too-early', 'Replants two plots first. Ask again after the harvest.');
      await life.untilStage('nurturing');
      const hello = await life.passUntilMail('recycled-hello-again');
      await life.passToWorkingMorning();
      await click(hello, 'Work out next year');
      const news = await life.passUntilMail('recycled-news');
      await life.passToWorkingMorning();
      await click(news, 'See what is new');
      await life.does('pricing.viewed', { path: '/pricing/vineyard' });
      const again = await life.untilStage('assigned');
      if (again.owner?.id !== firstOwner?.id) {
        throw new AppError(
          'INTERNAL',
          `It should come back to ${firstOwner?.name}, but went to ${again.owner?.name ?? 'nobody'}.`,
        );
      }
      const secondBrief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repAccepts(secondBrief);
      await life.pass('P5D');
      await life.outcome({ result: 'opportunity', value: euros(18_500), funnelStage: 'quote sent' });
      await life.untilStage('opportunity');
    },
  },
  {
    title: 'is in the wrong region, and is put on the right path',
    person: {
      firstName: 'Hannah',
      lastName: 'Krüger',
      company: 'Krüger Gewächshäuser',
      email: 'hannah+{run}@krueger-gewaechshaeuser.example',
      jobTitle: 'Head of production',
      industry: 'greenhouse',
      companySize: 90,
      country: 'DE',
      timeZone: 'Europe/Berlin',
    },
    ends: 'accepted',
    async play(life) {
      await life.comesIn(consultationForm('greenhouse'));
      await life.untilStage('assigned');
      const brief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repRejects(brief, 'wrong-region', 'The new houses stand in Salinas, California.');
      await life.untilStage('qualified');
      await life.pass('PT2H');
      const { items } = await life.setting.manager.get<Assignments>(`/v1/assignments?lead=${life.leadId}`);
      await life.setting.manager.post(`/v1/assignments/${items[0]?.id}/reroute`, {
        team: 'americas',
        note: 'Site in California.',
      });
      await life.untilStage('assigned');
      const second = await life.receives('rep-brief');
      await life.passToRep();
      await life.repAccepts(second);
    },
  },
  {
    title: 'waits for a rep who does not react',
    person: {
      firstName: 'Martin',
      lastName: 'Aigner',
      company: 'Baumschule Aigner',
      email: 'martin+{run}@baumschule-aigner.example',
      jobTitle: 'Owner',
      industry: 'nursery',
      companySize: 45,
      country: 'AT',
      timeZone: 'Europe/Vienna',
    },
    ends: 'accepted',
    async play(life) {
      await life.comesIn(consultationForm('greenhouse'));
      await life.untilStage('assigned');
      await life.receives('rep-brief');
      // The rep's time begins anew when the brief is out.
      const offered = await life.look();
      await life.passTo(Date.parse(offered.assignment?.dueAt ?? ''));
      await life.receives('rep-reminder');
      await life.until(
        'it was offered to another rep',
        (lead) => lead.owner !== null && lead.owner.id !== offered.owner?.id,
      );
      const second = await life.receives('rep-brief');
      await life.passToRep();
      await life.repAccepts(second);
    },
  },
  {
    title: 'sells something, and is out',
    person: {
      firstName: 'Rex',
      lastName: 'Rankwell',
      company: 'TopRank Partners',
      email: 'rex+{run}@toprank-partners.example',
      jobTitle: 'Growth hacker',
      country: 'IE',
      timeZone: 'Europe/Dublin',
    },
    ends: 'disqualified',
    async play(life) {
      await life.comesIn(consultationForm('greenhouse'));
      await life.untilStage('assigned');
      const brief = await life.receives('rep-brief');
      await life.passToRep();
      await life.repRejects(brief, 'spam', 'Offers us backlinks.');
      await life.untilStage('disqualified');
    },
  },
];
