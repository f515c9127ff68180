import type { Fault } from '../plan.ts';

/** The result of a fault: whether it hit its target, and a line for the log. */
export interface Strike {
  struck: boolean;
  what: string;
}

/** The name a fault is counted under. Undefined: only the mail server's record shows whether it hit anything. */
export function nameOf(fault: Fault): string | undefined {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.target}`;
    case 'deploy':
      return `deploy ${fault.version}`;
    case 'smtp':
      return undefined;
    case 'publish':
    case 'amend':
    case 'freeze':
    case 'connections':
    case 'cut':
    case 'terminate':
      return fault.kind;
  }
}
