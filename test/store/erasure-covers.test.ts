/** Every column that can hold text, and what an erasure does about it. A new column makes this fail until its line is written. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXPORTED } from '../../src/store/erasure/export-lead.ts';
import { openBench, type Bench } from './support.ts';
import { NOT_EXPORTED } from '../support/not-exported.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Rows of a lead that its deletion takes along, by a foreign key. */
const GOES_WITH_THE_LEAD: Readonly<Record<string, string>> = {
  answers: 'asked_by key lead_id template_key',
  assignments: 'chosen decided_by id lead_id need_id note_id reason rep_id rule team',
  audit: 'action actor data id lead_id',
  broadcast_recipients: 'broadcast_id lead_id variant',
  consents: 'confirms id ip_hash lead_id source stated_by text topic version',
  enrollments:
    'cadence due_because end_reason goal id key kind lead_id need_id revision_id step_id via waiting_from waits_on',
  events: 'id lead_id properties send_id type',
  hand_off_hooks: 'assignment_id event key lead_id what',
  hand_over_leads: 'assignment_id hand_over_id lead_id problem rep_id told_by',
  // A mail to a send of nobody who is known has no lead: the erasure looks for the address in it.
  inbound_mails: 'did digest domain excerpt id lead_id recipient send_id settled_by status verdict',
  lead_links: 'lead_id url',
  lead_search: 'lead_id words',
  manager_notices: 'key lead_id mail_id recipient',
  rep_alerts: 'assignment_id key lead_id mail_id rep_id template',
  reply_answers: 'assignment_id lead_id rep_id team',
  needs:
    'assessed assignment_id currency funnel_stage id lead_id outcome outcome_reason owner_id product_line stage touch_id type waiting_because waiting_for waiting_language waiting_skills waiting_team waiting_why',
  rep_activities: 'actor body id kind lead_id need_id rep_id result',
  score_ledger: 'event_id lead_id product_line replaced_by rescored_by rule score_group',
  sends:
    'assignment_id attempt audience broadcast_id channel content_kind context_digest delivery enrollment_id id key lead_id message_id reason resend_of step_id template_hash template_key topic untracked variant',
  split_arms: 'arm cadence enrollment_id lead_id step_id',
  funnel_changes: 'actor funnel_stage lead_id need_id',
  stage_changes: 'actor because from_stage lead_id need_id owner_id to_stage',
  tasks: 'body cadence closed_by enrollment_id id key kind lead_id need_id note rep_id result step_id team told_by',
  touches:
    'campaign campaign_id channel content how id landing_page lead_id medium need_id referrer request source untold_to',
};

/** Deleted by a statement of the erasure. */
const DELETED: Readonly<Record<string, string>> = {
  commands: 'actor id kind lead_id verdict',
  findings: 'detail kind lead_id',
  // The answer of a request, which names the lead. The request itself is a hash; a site key's answer has a handle, for 24 hours.
  idempotency_keys: 'body id request_hash',
  leads:
    'account_id assessed attributes awaiting company country email entered first_name held_reason id industry job_title language last_name mail_frequency need_id next_summary orders owner_id paused_reason phone preferred_channel qualified_by score_parts source stage time_zone triggers value_tier verified_fields',
  // One row comes after it, the bell by which the process learns that the lead is gone; it goes when the process has heard it.
  outbox: 'id last_error lead_id reason refs',
  // Figures and labels of groups, which may be words of whoever was erased: emptied by every erasure.
  report_answers: 'key part report scope sections words',
  tracked: 'agent hints id lead_id method send_id',
};

/** The address becomes a keyed hash: what forbids mail holds when the person comes back. */
const HASHED: Readonly<Record<string, string>> = { suppressions: 'address_hash email lead_id reason source' };

/** Says nothing of a person who was a lead. */
const NOT_OF_A_LEAD: Readonly<Record<string, string>> = {
  // Companies stay.
  accounts: 'attributes country domain id industry name',
  address_keys: 'sealed sealed_by',
  api_keys: 'hash id name origins rep_id',
  hand_overs: 'by id',
  target_plans: 'assumed created_by currency goal id name plan',
  // Ids and keys; `after` is the id of the lead it has come to. The condition that chose the leads goes when the run is over, and when a
  // person whom it names is erased.
  // `preview` has ids of leads until it begins. The condition goes once its leads are gathered, and when a person whom it names is erased.
  broadcasts:
    'after audience created_by error id key newsletter preview schedule segment started_by status topic trial variants winner winner_because',
  // Of the playbook: what it says of a newsletter.
  newsletters: 'key passed_because paused_by schedule sync_error',
  bulk_runs: 'after error id kind outcomes params started_by status',
  // They go with the send, and the send with the lead.
  broadcast_reactions: 'broadcast_id send_id',
  dismissed_sends: 'dismissed_by send_id',
  resent_sends: 'resent_by send_id',
  cadence_revisions: 'cadence definition hash id templates',
  // One that nobody listed goes with the last lead that named it.
  campaign_costs: 'campaign_id currency what',
  // What people of ours wrote of campaigns. Words of feedback name nobody, and go with their entry.
  campaign_writes: 'by data id key kind',
  campaigns: 'channel currency id key name product_line type',
  erased_leads: 'id_hash',
  // Hashes of tokens of mail providers and of what came with them, for three days.
  inbound_tokens: 'content token',
  links: 'url',
  // How many leads a manager was told of.
  manager_mails: 'id reason recipient',
  // Receiving domains and keys of cadences; deleted a week after the last mail.
  mail_limits: 'lane limit_key',
  // Receiving domains, or ids of people of ours; deleted when they take a mail again, or after a month.
  mail_refusals: 'heard_by reason receiver',
  // Lists of leads by mail: how many there were is not even kept.
  rep_mails: 'day id reason rep_id',
  report_mails: 'id period reason subscription_id',
  report_subscriptions: 'created_by every id rep_id report user_id words',
  segment_counts: 'segment',
  // Of a cadence, or of all sending: of no lead.
  pauses: 'by reason scope',
  playbook_revisions: 'author cadences canary halted_because hash leads_follow note rules templates',
  // Keyed hashes of addresses of the network, for a minute.
  rate_limits: 'key',
  // People of ours.
  reps: 'deputy_id email id key languages name skills teams time_zone working_hours',
  scanner_lists: 'lists',
  sessions: 'rep_id token_hash user_id',
  sign_in_browsers: 'browser_hash token_hash',
  sign_ins: 'browser_hash rep_id token_hash user_id',
  template_revisions: 'hash key source',
  users: 'email id name teams time_zone',
};

test('the lines above are the columns of the database that can hold text', async () => {
  const rows = await bench.db.$queryRaw<{ name: string; columns: string }[]>`
    SELECT table_name AS name, string_agg(column_name, ' ' ORDER BY column_name COLLATE "C") AS columns
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
      AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea')
    GROUP BY table_name`;
  const covered = { ...GOES_WITH_THE_LEAD, ...DELETED, ...HASHED, ...NOT_OF_A_LEAD };
  expect(Object.fromEntries(rows.map(({ name, columns }) => [name, columns]))).toEqual(covered);
});

test('what goes with the lead does so by a foreign key that deletes', async () => {
  const rows = await bench.db.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'leads'::regclass AND confdeltype = 'c'`;
  expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(GOES_WITH_THE_LEAD).toSorted());
});

/** Said by the rows of others: the company, and what a person decided on a message. */
const EXPORTED_BESIDE = ['accounts', 'dismissed_sends', 'resent_sends'];

test('an export has every table that an erasure clears', () => {
  const cleared = Object.keys({ ...GOES_WITH_THE_LEAD, ...DELETED, ...HASHED });
  expect(Object.keys(EXPORTED).toSorted()).toEqual(
    [...cleared.filter((table) => !NOT_EXPORTED.includes(table)), ...EXPORTED_BESIDE].toSorted(),
  );
});
