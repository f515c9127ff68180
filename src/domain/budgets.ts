/**
 * How long things may take that wait for one another, in milliseconds. One is derived from the other here, and they are used from
 * here alone: a time-out that is changed in one place cannot fall below what it waits for in another.
 */

/** Of the database. */
export const DATABASE = {
  /** A connection is made, or comes free. */
  connection: 10_000,
  /** The server ends a statement after this. Waiting for a lock counts. */
  statement: 15_000,
  /** The process gives up a statement without an answer: longer than the server, which says itself when it is merely slow. */
  answer: 20_000,
  /** A transaction: a lost client must not hold a lead's lock. */
  transaction: 20_000,
  /** The transaction of a turn of a lead's process. */
  turn: 15_000,
} as const;

/** Of a mail server. */
export const SMTP = {
  /** A connection is made; its name is looked up. */
  connect: 8_000,
  /** The server says hello. */
  greeting: 8_000,
  /** Silence after which a connection is given up; also the wait for the answer to a message. */
  silence: 20_000,
  /** The whole of one message, its wait for a free connection included; a server that trickles cannot stretch it. */
  message: 28_000,
} as const;

/** A turn at its longest: it waits for a connection, is cut off, and the statement it was at then is given up. */
export const LONGEST_TURN = DATABASE.connection + DATABASE.turn + DATABASE.answer;

/** As long as the database is away, the outcome of an effect is tried to be written again; the last try may begin at the end. */
export const SIT_OUT = 12_000;

/** From the claim of an effect to its outcome, at the longest. */
export const LONGEST_EFFECT = SMTP.message + SIT_OUT + LONGEST_TURN;

/** An attempt of an activity: two turns at most until it claims, then the effect. */
const LONGEST_ATTEMPT = 2 * LONGEST_TURN + LONGEST_EFFECT;

/** Of an activity: an attempt always knows its outcome before Temporal starts another. */
export const ACTIVITY = {
  startToClose: LONGEST_ATTEMPT + 5_000,
  /** A worker that died is noticed by this. One that lives says so in time, also when a call is lost. */
  heartbeat: 10_000,
  heartbeatEvery: 3_000,
} as const;

/** After this a claim without an outcome is put in doubt by the reconciler: no attempt may last as long. */
export const CLAIM_LASTS = Math.max(15 * 60_000, 2 * ACTIVITY.startToClose);
