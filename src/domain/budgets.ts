/**
 * Time limits that depend on each other, in milliseconds. They are derived from each other here and used from here only, so that a
 * changed limit cannot become shorter than the work it waits for.
 */

/** Limits of the database. */
export const DATABASE = {
  /** Until a connection is opened or becomes free. */
  connection: 10_000,
  /** The server ends a statement after this. Waiting for a lock counts. */
  statement: 15_000,
  /** The process gives up a statement without an answer. Longer than the server's limit, so that the server reports a slow statement. */
  answer: 20_000,
  /** A transaction: a lost client must not hold a lead's lock. */
  transaction: 20_000,
  /** The transaction of a turn of a lead's process. */
  turn: 15_000,
} as const;

/** Limits of a mail server. */
export const SMTP = {
  /** Until the name is looked up and a connection is open. */
  connect: 8_000,
  /** Until the server's greeting. */
  greeting: 8_000,
  /** Silence after which a connection is given up; also the wait for the answer to a message. */
  silence: 20_000,
  /** A whole message, with the wait for a free connection. A server that answers byte by byte cannot extend it. */
  message: 28_000,
} as const;

/** Limits of a webhook: shorter than those of a mail, so that they need no more time of an activity. */
export const WEBHOOK = {
  connect: 5_000,
  /** A whole message with its answer. */
  message: 15_000,
} as const;

/** The longest turn: it waits for a connection, is cut off, and its last statement is given up. */
export const LONGEST_TURN = DATABASE.connection + DATABASE.turn + DATABASE.answer;

/** While the database is down, writing the outcome of an effect is retried this long. The last try may begin at the end of it. */
export const SIT_OUT = 12_000;

/** The longest time from the claim of an effect to its outcome. */
export const LONGEST_EFFECT = Math.max(SMTP.message, WEBHOOK.message) + SIT_OUT + LONGEST_TURN;

/** An attempt of an activity: two turns at most until it claims, then the effect. */
const LONGEST_ATTEMPT = 2 * LONGEST_TURN + LONGEST_EFFECT;

/** Limits of an activity: an attempt knows its outcome before Temporal starts another. */
export const ACTIVITY = {
  startToClose: LONGEST_ATTEMPT + 5_000,
  /** Detects a worker that died. A living worker sends heartbeats often enough, also when one call is lost. */
  heartbeat: 10_000,
  heartbeatEvery: 3_000,
} as const;

/** After this time the reconciler puts a claim without an outcome in doubt. No attempt may last this long. */
export const CLAIM_LASTS = Math.max(15 * 60_000, 2 * ACTIVITY.startToClose);
