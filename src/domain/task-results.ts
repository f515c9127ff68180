/** What can come of a call or message. */
export const TASK_RESULTS = ['reached', 'no-answer', 'left-message', 'wrong-contact', 'other'] as const;
