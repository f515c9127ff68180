/** How the organization looks in its mails: `brand` of settings.yaml, which layouts and parts ask for. */

export interface Brand {
  /** Name of the organization. Without it that of the configuration. */
  name?: string;
  /** Postal address, as the footer of a mail must show it. Without it that of the configuration. */
  address?: string;
  logo?: Logo;
  colors?: Partial<Colors>;
}

export interface Logo {
  /** Where mail programs load it from. */
  url: string;
  /** In pixels. */
  width: number;
}

/** Colors of those that settings.yaml does not name, as in "#12402b". */
export const DEFAULT_COLORS = {
  /** Headings, and the ground of the top of a mail. */
  main: '#12402b',
  /** Buttons and links. */
  accent: '#1d6b45',
  /** Small words on `main`. */
  highlight: '#8fd3ae',
  /** Words on `main` and `accent`. */
  inverse: '#ffffff',
  /** Around the mail, and behind figures. */
  background: '#eef2ed',
  text: '#33413a',
  /** Small print. */
  muted: '#5e6d64',
};
export type Colors = { [name in keyof typeof DEFAULT_COLORS]: string };

export const COLOR_NAMES = Object.keys(DEFAULT_COLORS) as (keyof Colors)[];

export interface Organization {
  companyName: string;
  postalAddress: string;
}

/** Who mails and pages say they are from. */
export function organizationBy(brand: Brand | undefined, configured: Organization): Organization {
  return {
    companyName: brand?.name ?? configured.companyName,
    postalAddress: brand?.address ?? configured.postalAddress,
  };
}
