/** The names of the rows of a chart: in a few lines, broken between words where that can be, cut in the middle, and so that no two rows read alike. */

/** A name as it stands beside a bar. */
export interface Label {
  lines: readonly string[];
  /** The whole of it. */
  name: string;
}

/** @param longest Letters of a line @param most Lines, from two on */
export function labelsOf(names: readonly string[], longest: number, most = 2): Label[] {
  const labels = names.map((name) => ({ name, lines: linesOf(name, longest, most) }));
  const alike = Map.groupBy(labels, ({ lines }) => lines.join('\n'));
  return labels.map((label) => {
    const others = alike.get(label.lines.join('\n'))?.map(({ name }) => name) ?? [];
    return new Set(others).size < 2 ? label : { ...label, lines: toldApart(label.name, others, longest) };
  });
}

/** Of names that begin alike, where they differ: "Webinar…tion in May". */
function toldApart(name: string, others: readonly string[], longest: number): string[] {
  const begin = Math.min(...others.filter((one) => one !== name).map((one) => sameBegin(name, one)));
  const head = name.slice(0, Math.floor(longest / 2) - 1).trim();
  const from = Math.max(head.length, begin - Math.floor(longest / 4));
  return [`${head}…`, shortened(name.slice(from).trim(), longest)];
}

function sameBegin(one: string, other: string): number {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  return same;
}

function linesOf(name: string, longest: number, most: number): string[] {
  if (name.length <= longest) return [name];
  if (most === 1) return [shortened(name, longest)];
  const first = breakOf(name, longest);
  return [name.slice(0, first).trim(), ...linesOf(name.slice(first).trim(), longest, most - 1)];
}

/** Where a line ends: at a space, or behind a hyphen, a dash or a dot. A line of a few letters is no line: words that are long are broken. */
function breakOf(name: string, longest: number): number {
  const space = name.lastIndexOf(' ', longest);
  const mark = Math.max(...['-', '–', '.', '/', '_'].map((one) => name.lastIndexOf(one, longest - 1) + 1));
  const end = Math.max(space, mark);
  return end < longest / 2 ? longest : end;
}

/** Names that begin alike differ at their end. */
function shortened(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const end = Math.floor(longest / 2);
  return `${name.slice(0, longest - end - 1)}…${name.slice(-end)}`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => ESCAPED[mark] ?? mark);

/** The picture with the whole name shown over each label that is not the whole of it. Its labels stand in it in their order. */
export function withWholeNames(svg: string, labels: readonly Label[]): string {
  let [done, rest] = ['', svg];
  for (const { lines, name } of labels) {
    if (lines.length === 1) continue;
    for (const line of lines) {
      const end = `>${escaped(line)}</text>`;
      const at = rest.indexOf(end);
      if (at < 0) continue;
      done += `${rest.slice(0, at)}>${escaped(line)}<title>${escaped(name)}</title></text>`;
      rest = rest.slice(at + end.length);
    }
  }
  return done + rest;
}
