/** The channel of PostgreSQL's LISTEN and NOTIFY on which a new playbook revision is announced, by its number. */
export const RULES_CHANNEL = 'playbook_revision';
