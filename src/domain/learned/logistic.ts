/** Logistic regression by Newton's method, with a ridge that keeps weights small where there is little to learn from. */

export interface Logistic {
  intercept: number;
  weights: number[];
}

const ROUNDS = 30;
const CLOSE_ENOUGH = 1e-9;
/** Beyond it the exponential says nothing more. */
const STEEPEST = 50;

export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-Math.min(STEEPEST, Math.max(-STEEPEST, z))));
}

/**
 * Fits the probability that a label is true to the rows. The ridge acts on the columns as if each had the spread 1, and not on the
 * intercept. A column that never varies gets the weight 0.
 */
export function fitLogistic(rows: readonly (readonly number[])[], labels: readonly boolean[], ridge = 1): Logistic {
  const columns = rows[0]?.length ?? 0;
  const scales = Array.from({ length: columns }, (_, c) => scaleOf(rows.map((row) => row[c] ?? 0)));
  const design = rows.map((row) => [1, ...scales.map(({ mean, spread }, c) => ((row[c] ?? 0) - mean) / spread)]);
  let beta = Array<number>(columns + 1).fill(0);
  for (let round = 0; round < ROUNDS; round += 1) {
    const step = newtonStep(design, labels, beta, ridge);
    beta = beta.map((value, n) => value + (step[n] ?? 0));
    if (Math.max(...step.map(Math.abs)) < CLOSE_ENOUGH) break;
  }
  const weights = scales.map(({ spread }, c) => (beta[c + 1] ?? 0) / spread);
  const shift = scales.reduce((sum, { mean }, c) => sum + (weights[c] ?? 0) * mean, 0);
  return { intercept: (beta[0] ?? 0) - shift, weights };
}

function scaleOf(values: readonly number[]): { mean: number; spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, spread: spread < 1e-12 ? 1 : spread };
}

function newtonStep(
  design: readonly number[][],
  labels: readonly boolean[],
  beta: readonly number[],
  ridge: number,
): number[] {
  const size = beta.length;
  const gradient = beta.map((value, n) => (n === 0 ? 0 : -ridge * value));
  const curvature = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => (i === j ? (i === 0 ? 1e-9 : ridge) : 0)),
  );
  design.forEach((row, r) => {
    const p = sigmoid(row.reduce((sum, value, n) => sum + value * (beta[n] ?? 0), 0));
    const error = (labels[r] === true ? 1 : 0) - p;
    row.forEach((value, i) => {
      gradient[i] = (gradient[i] ?? 0) + error * value;
      const line = curvature[i];
      if (line !== undefined) row.forEach((other, j) => (line[j] = (line[j] ?? 0) + p * (1 - p) * value * other));
    });
  });
  return solve(curvature, gradient);
}

/** Solves a system of linear equations by elimination with the largest pivot. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, n) => [...row, right[n] ?? 0]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  const size = rows.length;
  for (let c = 0; c < size; c += 1) {
    let pivot = c;
    for (let i = c + 1; i < size; i += 1) if (Math.abs(at(i, c)) > Math.abs(at(pivot, c))) pivot = i;
    const [top, chosen] = [rows[c], rows[pivot]];
    if (top === undefined || chosen === undefined) break;
    rows[c] = chosen;
    rows[pivot] = top;
    for (let i = c + 1; i < size; i += 1) {
      const factor = at(i, c) / at(c, c);
      rows[i] = (rows[i] ?? []).map((value, j) => value - factor * at(c, j));
    }
  }
  const found = Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i -= 1) {
    const known = found.reduce((sum, value, j) => (j > i ? sum + at(i, j) * value : sum), 0);
    found[i] = (at(i, size) - known) / at(i, i);
  }
  return found;
}
