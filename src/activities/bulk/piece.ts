import type { BulkKind } from '../../domain/bulk-run.ts';
import type { Db, Tx } from '../../store/db.ts';
import type { Run } from '../../store/bulk/runs.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';

/** What a run did to its next leads. */
export interface Piece {
  /** Of each lead, or enrollment. */
  became: string[];
  /** Of leads that the run has come to before: each is counted as another now. */
  changed?: readonly { from: string; to: string }[];
  /** Id of the last lead. */
  after: string | null;
  /** How many processes were rung, or told something. */
  rung: number;
  /** The run rests for so long, in milliseconds, instead of as its rate says. */
  restMs?: number;
  /** Parameters of the run that are others from now on. */
  params?: Readonly<Record<string, number>>;
}

/** What a piece works with. */
export interface PieceWork {
  db: Db;
  tx: Tx;
  run: Run;
  rules: PublishedRules;
  /** Leads at most. */
  limit: number;
  /** Real time, epoch milliseconds. */
  nowMs: number;
}

/**
 * Does the next piece of a run, in the transaction that also writes how far the run is: a worker that is killed has done all of it, or
 * nothing. Null: there is nothing left to do.
 */
export type DoPiece = (work: PieceWork) => Promise<Piece | null>;

export type PieceKinds = Readonly<Record<Exclude<BulkKind, 'command'>, DoPiece>>;

/** A text of the run's parameters. */
export function param(run: Run, name: string): string {
  const value = run.params[name];
  if (typeof value !== 'string') throw new Error(`Run ${run.id} of kind ${run.kind} has no ${name}`);
  return value;
}
