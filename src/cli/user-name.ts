import { userInfo } from 'node:os';

/** The user of this machine, as the author of what a command does. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without a name.
    return 'unknown';
  }
}
