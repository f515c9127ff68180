export { bulkRun } from './bulk-run.ts';
export { leadLifecycle } from './lead-lifecycle.ts';
export { newsletterIssue } from './newsletter-issue.ts';
export { broadcast } from './broadcast.ts';
