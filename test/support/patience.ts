/** For how long a test waits for what will come: as long as a machine may take that others keep busy. It costs no time where it comes. */
export const PATIENCE_MS = 60_000;
