-- Lists read a page from an index in its order and stop there (src/store/lists).

-- Filters that come with a stage are answered inside the index, which costs none more than the one it replaces.
DROP INDEX "leads_stage_id_idx";
CREATE INDEX "leads_stage_id_source_fit_grade_idx" ON "leads"("stage", "id", "source", "fit_grade");

-- Most leads have no owner, no account, no hold and, asleep for good, no due time: those rows need no entry, and each entry
-- less is a write less at every step, which moves the due time and so writes into all indexes of the row.
DROP INDEX "leads_owner_id_id_idx";
CREATE INDEX "leads_owned" ON "leads" ("owner_id", "id", "stage") WHERE "owner_id" IS NOT NULL;
DROP INDEX "leads_account_id_idx";
CREATE INDEX "leads_of_account" ON "leads" ("account_id") WHERE "account_id" IS NOT NULL;
DROP INDEX "leads_held_at_idx";
CREATE INDEX "leads_held" ON "leads" ("held_at") WHERE "held_at" IS NOT NULL;
DROP INDEX "leads_next_due_at_idx";
CREATE INDEX "leads_due" ON "leads" ("next_due_at") WHERE "next_due_at" IS NOT NULL;

-- Only running enrollments are listed and counted: "enrollments_in_cadence" lists them.
DROP INDEX "enrollments_cadence_status_idx";
DROP INDEX "enrollments_revision_id_idx";
CREATE INDEX "enrollments_of_revision" ON "enrollments" ("revision_id") WHERE "status" = 'active';

-- What a manager and a rep may see, newest lead first.
CREATE INDEX "assignments_team_lead_id_idx" ON "assignments"("team", "lead_id");
CREATE INDEX "assignments_live_of_rep" ON "assignments" ("rep_id", "lead_id") WHERE "status" IN ('offered', 'accepted');

-- Requests of disqualified leads, oldest first. Whether one is the lead's latest is found by (lead_id, occurred_at).
DROP INDEX "audit_requests_recorded";
CREATE INDEX "audit_requests_recorded" ON "audit" ("occurred_at") WHERE "action" = 'request.recorded';
-- Nothing asks for it, and every step writes it.
DROP INDEX "audit_action_recorded_at_idx";
