import { type Organization, organizationBy } from '../domain/brand.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';

/** Who pages and mails of the API say they are from: always by the newest settings. */
export function liveOrganization(rules: Pick<RulesInForce, 'current'>, configured: Organization): Organization {
  const now = (): Organization => organizationBy(rules.current().playbook.brand, configured);
  return {
    get companyName() {
      return now().companyName;
    },
    get postalAddress() {
      return now().postalAddress;
    },
  };
}
