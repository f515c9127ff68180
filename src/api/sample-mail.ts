import { organizationBy } from '../domain/brand.ts';
import type { BroadcastVariant } from '../domain/broadcast.ts';
import { compileTemplate } from '../email/compile.ts';
import { render, type RenderedEmail } from '../email/render.ts';
import type { RenderContext } from '../email/render-context.ts';
import { wordedAs } from '../store/broadcasts/wording.ts';
import type { ApiDeps } from './deps.ts';

const SAMPLE: RenderContext['lead'] = {
  firstName: 'Alex',
  lastName: 'Sample',
  company: 'Sample & Sons',
  jobTitle: 'Head of Samples',
};

/** The mail of a variant of a broadcast, as it is for a sample person. Its own links lead nowhere. @throws AppError TEMPLATE_BROKEN */
export async function sampleMail(
  { store, settings }: Pick<ApiDeps, 'store' | 'settings'>,
  variant: BroadcastVariant,
): Promise<RenderedEmail> {
  const { brand, defaultTimeZone } = store.rules.current().playbook;
  const organization = organizationBy(brand, settings.organization);
  const source = await wordedAs(store, store.db, variant);
  return render(await compileTemplate(source), {
    lead: SAMPLE,
    sender: { ...organization, name: settings.senderName ?? organization.companyName },
    ...(brand === undefined ? {} : { brand }),
    clock: { zone: defaultTimeZone, at: new Date(store.realNow()) },
    links: { unsubscribe: '#', preferences: '#', viewInBrowser: '#' },
    campaign: null,
    need: null,
  });
}
