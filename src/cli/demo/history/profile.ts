/** Who past leads are: a profile to which the sample playbook gives the grade. */
import type { Chance } from './chance.ts';

type Grade = 'A' | 'B' | 'C' | 'D';

export interface PastProfile {
  /** Null: not known, and neither is the size. */
  industry: string | null;
  companySize: number | null;
  jobTitle: string;
}

const GROWERS = ['viticulture', 'horticulture'];
const OTHERS = ['municipality', 'golf'];
const DECIDERS = ['Owner', 'Head of operations'];
const OTHER_ROLES = ['Grower', 'Buyer'];
const ROLES = [...DECIDERS, ...OTHER_ROLES];
export const STUDENT = 'Student';

/** A company with fewer people fits less. */
const large = (chance: Chance): number => Math.round(20 * 10 ** (2.2 * chance.next()));
const small = (chance: Chance): number => 3 + Math.floor(12 * chance.next());

export function profileOf(chance: Chance, grade: Grade): PastProfile {
  const luck = chance.next();
  switch (grade) {
    case 'A':
      return { industry: chance.of(GROWERS), companySize: large(chance), jobTitle: chance.of(ROLES) };
    case 'B':
      if (luck < 0.5) return { industry: chance.of(OTHERS), companySize: large(chance), jobTitle: chance.of(ROLES) };
      return {
        industry: chance.of([...GROWERS, 'agriculture']),
        companySize: small(chance),
        jobTitle: chance.of(OTHER_ROLES),
      };
    case 'C':
      if (luck < 0.25) return { industry: null, companySize: null, jobTitle: chance.of(OTHER_ROLES) };
      return { industry: chance.of(OTHERS), companySize: small(chance), jobTitle: chance.of(OTHER_ROLES) };
    default:
      return { industry: chance.of([...OTHERS, 'agriculture']), companySize: small(chance), jobTitle: STUDENT };
  }
}
