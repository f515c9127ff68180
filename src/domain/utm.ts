/** UTM parameters on the links of mails: `utm` of settings.yaml, so that an analytics tool of the site knows the visits that mails bring. */

export interface UtmRule {
  source: string;
  medium: string;
  /** The sites whose links get them, with their subdomains; 'all': every site, other people's too. */
  sites: readonly string[] | 'all';
}

/** What a mail is of: `utm_campaign` and `utm_content`. */
export interface MailOrigin {
  /** Key of the cadence, of the broadcast, or of what was asked for. */
  campaign: string;
  /** Id of the step, or key of the template. */
  content: string;
}

/** The rule for one mail. */
export interface Utm extends MailOrigin {
  rule: UtmRule;
}

/** The address with the parameters that it does not have yet; all else in it stays byte by byte. */
export function withUtm(url: string, utm: Utm | undefined): string {
  if (utm === undefined || !isOn(url, utm.rule.sites)) return url;
  const { rule, campaign, content } = utm;
  const [, before = url, fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  const parameters = { utm_source: rule.source, utm_medium: rule.medium, utm_campaign: campaign, utm_content: content };
  const missing = Object.entries(parameters).filter(([name]) => !new RegExp(`[?&]${name}=`).test(before));
  if (missing.length === 0) return url;
  const joint = before.includes('?') ? (/[?&]$/.test(before) ? '' : '&') : '?';
  return `${before}${joint}${missing.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}${fragment}`;
}

function isOn(url: string, sites: UtmRule['sites']): boolean {
  const [, host = ''] = /^https?:\/\/(?:[^/?#]*@)?([^/?#:]+)/i.exec(url) ?? [];
  if (host === '') return false;
  return (
    sites === 'all' || sites.some((site) => host.toLowerCase() === site || host.toLowerCase().endsWith(`.${site}`))
  );
}
