import type { PublishedRules } from '../store/rules/in-force.ts';

/** The topics that mails to leads are on, with their names in a language. A topic that settings.yaml does not name is shown by its key. */
export function topicsFor(
  { templates, playbook }: Pick<PublishedRules, 'templates' | 'playbook'>,
  language: string | null,
): { topic: string; name: string }[] {
  const sent = [...templates.values()].filter(({ kind }) => kind !== 'transactional').map(({ topic }) => topic);
  return [...new Set(sent)]
    .toSorted((a, b) => a.localeCompare(b))
    .map((topic) => {
      const named = playbook.topics?.find((one) => one.topic === topic);
      const name = named?.names?.[language?.slice(0, 2).toLowerCase() ?? ''] ?? named?.name;
      return { topic, name: name ?? `${topic.charAt(0).toUpperCase()}${topic.slice(1).replaceAll('-', ' ')}` };
    });
}
