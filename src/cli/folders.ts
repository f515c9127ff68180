/** The options that name the marketer's folders. They stand for PLAYBOOK_DIR and TEMPLATES_DIR. */
export const FOLDERS = {
  playbook: ['--playbook <folder>', 'the folder of the playbook, in place of PLAYBOOK_DIR'],
  templates: ['--templates <folder>', 'the folder of the templates, in place of TEMPLATES_DIR'],
} as const;

export interface FolderOptions {
  playbook?: string;
  templates?: string;
}

export function withFolders(env: NodeJS.ProcessEnv, { playbook, templates }: FolderOptions): NodeJS.ProcessEnv {
  return {
    ...env,
    ...(playbook !== undefined && { PLAYBOOK_DIR: playbook }),
    ...(templates !== undefined && { TEMPLATES_DIR: templates }),
  };
}
