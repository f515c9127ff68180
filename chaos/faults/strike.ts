import type { Fault } from '../plan.ts';

/** What became of a fault: whether it met what it was meant for, and what happened, for the log. */
export interface Strike {
  struck: boolean;
  what: string;
}

/** What a fault is counted under. Undefined: whether it met anything is in the mail server's record alone. */
export function nameOf(fault: Fault): string | undefined {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.target}`;
    case 'deploy':
      return `deploy ${fault.version}`;
    case 'smtp':
      return undefined;
    case 'freeze':
    case 'connections':
    case 'cut':
    case 'terminate':
      return fault.kind;
  }
}
