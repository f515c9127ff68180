/** A picture of a cadence: its steps and every way on, for a terminal and as Mermaid. Kinds of steps say their own labels and ways. */
import type { Cadence, Step } from '../domain/cadence.ts';
import { explainCondition } from '../domain/explain.ts';
import { kindOf } from './kinds.ts';
import { waysFrom } from './next-step.ts';
import type { Way } from './position.ts';

/** Words to stand beside a step. */
type Beside = (stepId: string) => string;

/** The answers to a request, then one block a step: number, id, what it does, then each way that does not simply lead to the step below. */
export function asciiPicture(cadence: Cadence, beside: Beside = () => ''): string {
  const { steps } = cadence;
  const width = Math.max(...steps.map((step) => nameOf(step).length));
  const digits = String(steps.length).length;
  const margin = ' '.repeat(digits);
  const answers = answersInWords(cadence).map((words) => `${margin}  ${words}`);
  const blocks = steps.flatMap((step, i) => {
    const below = steps[i + 1]?.id ?? null;
    const ways = waysFrom(cadence, step);
    const goesOn = ways.some((way) => 'stepId' in way && way.stepId === below && below !== null);
    const told = ways.filter((way) => ways.length > 1 || !('stepId' in way) || way.stepId !== below || below === null);
    const words = beside(step.id);
    const number = String(i + 1).padStart(digits);
    return [
      `${number}  ${nameOf(step).padEnd(words === '' ? 0 : width)}${words === '' ? '' : `   ${words}`}`,
      ...told.map(
        (way, n) => `${margin}  ${n === told.length - 1 && !goesOn ? '└' : '├'}─ ${wayInWords(cadence, way)}`,
      ),
      ...(goesOn ? [`${margin}  │`] : below === null ? [] : ['']),
    ];
  });
  return [...answers, ...(answers.length === 0 ? [] : ['']), ...blocks].join('\n');
}

/** What a request is answered with beside the steps: "Answer at once: email ‘guide’ when form is guide". */
export function answersInWords({ answer = [] }: Pick<Cadence, 'answer'>): string[] {
  return answer.map(({ template, when }) => {
    const condition = when === undefined ? (answer.length > 1 ? ' otherwise' : '') : ` when ${explainCondition(when)}`;
    return `Answer at once: email ‘${template}’${condition}`;
  });
}

/** https://mermaid.js.org: GitHub, GitLab and many editors draw it. */
export function mermaidPicture(cadence: Cadence, beside: Beside = () => ''): string {
  const node = new Map(cadence.steps.map((step, i) => [step.id, `s${i + 1}`]));
  const boxes = cadence.steps.map((step) => {
    const words = beside(step.id);
    return `  ${node.get(step.id)}["${escaped(nameOf(step))}${words === '' ? '' : `<br/>${escaped(words)}`}"]`;
  });
  const arrows = cadence.steps.flatMap((step) =>
    waysFrom(cadence, step).map((way) => {
      const when = 'when' in way ? `|"${escaped(way.when)}"|` : '';
      return `  ${node.get(step.id)} -->${when} ${targetNode(cadence, way, node)}`;
    }),
  );
  const answers = answersInWords(cadence).map((words, i) => `  a${i + 1}(["${escaped(words)}"])`);
  return ['flowchart TD', ...answers, ...boxes, ...arrows].join('\n');
}

function targetNode(cadence: Cadence, way: Way, node: ReadonlyMap<string, string>): string {
  const id = 'stepId' in way && way.stepId !== null ? node.get(way.stepId) : undefined;
  if (id !== undefined) return id;
  const words = endInWords(cadence, way);
  return `${words.replaceAll(/[^A-Za-z0-9]+/g, '_')}(["${escaped(words)}"])`;
}

function nameOf(step: Step): string {
  const label = kindOf(step).position.label(step);
  return `${step.id}: ${label}`;
}

function wayInWords(cadence: Cadence, way: Way): string {
  const when = 'when' in way ? `${way.when} ` : '';
  const to = 'stepId' in way && way.stepId !== null ? way.stepId : endInWords(cadence, way);
  return `${when}→ ${to}`;
}

/** Where a way leads that leads to no step. */
export function endInWords({ whenDone }: Pick<Cadence, 'whenDone'>, way: Way): string {
  if (way.go === 'cadence') return `cadence ${way.cadence}`;
  if (way.go === 'out') return `out: ${way.because}`;
  return whenDone === 'dormant' ? 'the end: dormant' : `the end: cadence ${whenDone.move}`;
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
