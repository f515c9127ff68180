-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "grade" AS ENUM ('A', 'B', 'C', 'D');

-- CreateEnum
CREATE TYPE "maturity" AS ENUM ('researching', 'evaluating', 'ready');

-- CreateEnum
CREATE TYPE "bant" AS ENUM ('known', 'unknown', 'no');

-- CreateEnum
CREATE TYPE "enrollment_status" AS ENUM ('active', 'completed', 'ended');

-- CreateEnum
CREATE TYPE "send_status" AS ENUM ('claimed', 'sent', 'in_doubt', 'failed', 'skipped');

-- CreateEnum
CREATE TYPE "assignment_status" AS ENUM ('offered', 'accepted', 'rejected', 'rerouted', 'expired', 'withdrawn');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('site', 'rep', 'marketer', 'operator', 'admin');

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "domain" TEXT,
    "industry" TEXT,
    "size" INTEGER,
    "country" TEXT,
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leads" (
    "id" TEXT NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "company" TEXT,
    "job_title" TEXT,
    "industry" TEXT,
    "company_size" INTEGER,
    "country" TEXT,
    "language" TEXT,
    "time_zone" TEXT,
    "preferred_channel" TEXT,
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "account_id" TEXT,
    "stage" TEXT NOT NULL DEFAULT 'new',
    "need_id" TEXT,
    "owner_id" TEXT,
    "source" TEXT,
    "score" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "score_at" TIMESTAMPTZ(3) NOT NULL,
    "fit_grade" "grade" NOT NULL DEFAULT 'C',
    "fit_points" INTEGER NOT NULL DEFAULT 0,
    "armed" BOOLEAN NOT NULL DEFAULT true,
    "armed_at" TIMESTAMPTZ(3),
    "cool_off_until" TIMESTAMPTZ(3),
    "last_engaged_at" TIMESTAMPTZ(3),
    "last_high_intent_at" TIMESTAMPTZ(3),
    "qualified_at" TIMESTAMPTZ(3),
    "qualified_by" TEXT,
    "clock_offset_ms" BIGINT NOT NULL DEFAULT 0,
    "clock_moving_since" TIMESTAMPTZ(3),
    "next_due_at" TIMESTAMPTZ(3),
    "next_summary" TEXT,
    "awaiting" JSONB,
    "paused_at" TIMESTAMPTZ(3),
    "paused_reason" TEXT,
    "held_at" TIMESTAMPTZ(3),
    "held_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "needs" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "type" TEXT,
    "product_line" TEXT,
    "stage" TEXT NOT NULL DEFAULT 'new',
    "maturity" "maturity" NOT NULL DEFAULT 'researching',
    "budget" "bant" NOT NULL DEFAULT 'unknown',
    "authority" "bant" NOT NULL DEFAULT 'unknown',
    "need_known" "bant" NOT NULL DEFAULT 'unknown',
    "timing" "bant" NOT NULL DEFAULT 'unknown',
    "value_minor" BIGINT,
    "currency" TEXT,
    "owner_id" TEXT,
    "funnel_stage" TEXT,
    "outcome" TEXT,
    "outcome_reason" TEXT,
    "recycle_count" INTEGER NOT NULL DEFAULT 0,
    "waiting_because" TEXT,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "needs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaigns" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT,
    "channel" TEXT,
    "product_line" TEXT,
    "cost_minor" BIGINT,
    "currency" TEXT,
    "goal" TEXT,
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "attendance" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "campaigns_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "touches" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "need_id" TEXT,
    "is_first" BOOLEAN NOT NULL DEFAULT false,
    "inbound" BOOLEAN NOT NULL DEFAULT true,
    "channel" TEXT,
    "source" TEXT,
    "medium" TEXT,
    "campaign" TEXT,
    "campaign_id" TEXT,
    "content" TEXT,
    "landing_page" TEXT,
    "referrer" TEXT,
    "how" TEXT NOT NULL,
    "request" JSONB NOT NULL DEFAULT '{}',
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "touches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consents" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "topic" TEXT NOT NULL DEFAULT 'marketing',
    "granted" BOOLEAN NOT NULL,
    "text" TEXT NOT NULL,
    "version" TEXT,
    "source" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "properties" JSONB NOT NULL DEFAULT '{}',
    "machine" BOOLEAN NOT NULL DEFAULT false,
    "send_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "score_ledger" (
    "id" BIGSERIAL NOT NULL,
    "lead_id" TEXT NOT NULL,
    "event_id" TEXT,
    "rule" TEXT NOT NULL,
    "points" DOUBLE PRECISION NOT NULL,
    "before" DOUBLE PRECISION NOT NULL,
    "after" DOUBLE PRECISION NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "score_ledger_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cadence_revisions" (
    "id" TEXT NOT NULL,
    "cadence" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "definition" JSONB NOT NULL,
    "templates" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cadence_revisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template_revisions" (
    "hash" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "source" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "template_revisions_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "enrollments" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "need_id" TEXT,
    "cadence" TEXT NOT NULL,
    "revision_id" TEXT NOT NULL,
    "status" "enrollment_status" NOT NULL DEFAULT 'active',
    "via" TEXT NOT NULL,
    "step_id" TEXT,
    "pass" INTEGER NOT NULL DEFAULT 1,
    "due_at" TIMESTAMPTZ(3),
    "stepped_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "enrollments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sends" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "enrollment_id" TEXT,
    "step_id" TEXT,
    "pass" INTEGER,
    "assignment_id" TEXT,
    "resend_of" TEXT,
    "audience" TEXT NOT NULL DEFAULT 'lead',
    "template_key" TEXT NOT NULL,
    "template_hash" TEXT,
    "content_kind" TEXT,
    "status" "send_status" NOT NULL,
    "attempt" TEXT NOT NULL,
    "reason" TEXT,
    "message_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "sends_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "links" (
    "id" SERIAL NOT NULL,
    "url" TEXT NOT NULL,

    CONSTRAINT "links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reps" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "time_zone" TEXT,
    "manager" BOOLEAN NOT NULL DEFAULT false,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "teams" TEXT[],
    "last_offered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assignments" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "need_id" TEXT NOT NULL,
    "rep_id" TEXT NOT NULL,
    "team" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "status" "assignment_status" NOT NULL DEFAULT 'offered',
    "offered_at" TIMESTAMPTZ(3) NOT NULL,
    "remind_at" TIMESTAMPTZ(3),
    "reminded_at" TIMESTAMPTZ(3),
    "brief_due_at" TIMESTAMPTZ(3),
    "brief_attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "reason" TEXT,
    "note_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "assignments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rep_activities" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "need_id" TEXT,
    "rep_id" TEXT,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "body" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rep_activities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suppressions" (
    "email" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "lead_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("email")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "refs" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "leased_until" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "commands" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "verdict" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "commands_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "findings" (
    "lead_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "findings_pkey" PRIMARY KEY ("lead_id","kind")
);

-- CreateTable
CREATE TABLE "audit" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "rep_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "id" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "accounts_domain_key" ON "accounts"("domain");

-- CreateIndex
CREATE UNIQUE INDEX "leads_email_key" ON "leads"("email");

-- CreateIndex
CREATE UNIQUE INDEX "leads_need_id_key" ON "leads"("need_id");

-- CreateIndex
CREATE INDEX "leads_stage_id_idx" ON "leads"("stage", "id");

-- CreateIndex
CREATE INDEX "leads_owner_id_id_idx" ON "leads"("owner_id", "id");

-- CreateIndex
CREATE INDEX "leads_source_id_idx" ON "leads"("source", "id");

-- CreateIndex
CREATE INDEX "leads_next_due_at_idx" ON "leads"("next_due_at");

-- CreateIndex
CREATE INDEX "leads_held_at_idx" ON "leads"("held_at");

-- CreateIndex
CREATE INDEX "leads_account_id_idx" ON "leads"("account_id");

-- CreateIndex
CREATE INDEX "needs_lead_id_opened_at_idx" ON "needs"("lead_id", "opened_at");

-- CreateIndex
CREATE INDEX "needs_owner_id_idx" ON "needs"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "campaigns_key_key" ON "campaigns"("key");

-- CreateIndex
CREATE INDEX "touches_lead_id_occurred_at_idx" ON "touches"("lead_id", "occurred_at");

-- CreateIndex
CREATE INDEX "touches_campaign_idx" ON "touches"("campaign");

-- CreateIndex
CREATE INDEX "consents_lead_id_topic_occurred_at_idx" ON "consents"("lead_id", "topic", "occurred_at");

-- CreateIndex
CREATE INDEX "events_lead_id_type_occurred_at_idx" ON "events"("lead_id", "type", "occurred_at");

-- CreateIndex
CREATE INDEX "events_lead_id_occurred_at_idx" ON "events"("lead_id", "occurred_at");

-- CreateIndex
CREATE INDEX "events_send_id_idx" ON "events"("send_id");

-- CreateIndex
CREATE INDEX "score_ledger_lead_id_rule_occurred_at_idx" ON "score_ledger"("lead_id", "rule", "occurred_at");

-- CreateIndex
CREATE INDEX "score_ledger_lead_id_occurred_at_idx" ON "score_ledger"("lead_id", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "cadence_revisions_cadence_hash_key" ON "cadence_revisions"("cadence", "hash");

-- CreateIndex
CREATE UNIQUE INDEX "cadence_revisions_cadence_number_key" ON "cadence_revisions"("cadence", "number");

-- CreateIndex
CREATE INDEX "enrollments_lead_id_started_at_idx" ON "enrollments"("lead_id", "started_at");

-- CreateIndex
CREATE INDEX "enrollments_cadence_status_idx" ON "enrollments"("cadence", "status");

-- CreateIndex
CREATE INDEX "enrollments_revision_id_idx" ON "enrollments"("revision_id");

-- CreateIndex
CREATE UNIQUE INDEX "sends_key_key" ON "sends"("key");

-- CreateIndex
CREATE INDEX "sends_lead_id_occurred_at_idx" ON "sends"("lead_id", "occurred_at");

-- CreateIndex
CREATE INDEX "sends_status_idx" ON "sends"("status");

-- CreateIndex
CREATE INDEX "sends_enrollment_id_idx" ON "sends"("enrollment_id");

-- CreateIndex
CREATE UNIQUE INDEX "links_url_key" ON "links"("url");

-- CreateIndex
CREATE UNIQUE INDEX "reps_key_key" ON "reps"("key");

-- CreateIndex
CREATE INDEX "assignments_lead_id_offered_at_idx" ON "assignments"("lead_id", "offered_at");

-- CreateIndex
CREATE INDEX "assignments_rep_id_status_offered_at_idx" ON "assignments"("rep_id", "status", "offered_at");

-- CreateIndex
CREATE INDEX "assignments_status_due_at_idx" ON "assignments"("status", "due_at");

-- CreateIndex
CREATE INDEX "assignments_need_id_idx" ON "assignments"("need_id");

-- CreateIndex
CREATE INDEX "rep_activities_lead_id_occurred_at_idx" ON "rep_activities"("lead_id", "occurred_at");

-- CreateIndex
CREATE INDEX "outbox_lead_id_idx" ON "outbox"("lead_id");

-- CreateIndex
CREATE INDEX "outbox_delivered_at_leased_until_idx" ON "outbox"("delivered_at", "leased_until");

-- CreateIndex
CREATE INDEX "commands_lead_id_idx" ON "commands"("lead_id");

-- CreateIndex
CREATE INDEX "findings_resolved_at_idx" ON "findings"("resolved_at");

-- CreateIndex
CREATE INDEX "audit_lead_id_occurred_at_idx" ON "audit"("lead_id", "occurred_at");

-- CreateIndex
CREATE INDEX "audit_action_recorded_at_idx" ON "audit"("action", "recorded_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leads" ADD CONSTRAINT "leads_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "reps"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "needs" ADD CONSTRAINT "needs_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "needs" ADD CONSTRAINT "needs_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "reps"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "touches" ADD CONSTRAINT "touches_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "touches" ADD CONSTRAINT "touches_need_id_fkey" FOREIGN KEY ("need_id") REFERENCES "needs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "touches" ADD CONSTRAINT "touches_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consents" ADD CONSTRAINT "consents_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "score_ledger" ADD CONSTRAINT "score_ledger_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_need_id_fkey" FOREIGN KEY ("need_id") REFERENCES "needs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_revision_id_fkey" FOREIGN KEY ("revision_id") REFERENCES "cadence_revisions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sends" ADD CONSTRAINT "sends_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sends" ADD CONSTRAINT "sends_enrollment_id_fkey" FOREIGN KEY ("enrollment_id") REFERENCES "enrollments"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sends" ADD CONSTRAINT "sends_assignment_id_fkey" FOREIGN KEY ("assignment_id") REFERENCES "assignments"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_need_id_fkey" FOREIGN KEY ("need_id") REFERENCES "needs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rep_activities" ADD CONSTRAINT "rep_activities_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit" ADD CONSTRAINT "audit_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma's schema cannot express.

-- One open need a lead.
CREATE UNIQUE INDEX "needs_one_open" ON "needs" ("lead_id") WHERE "closed_at" IS NULL;
-- The first touch is the first touch.
CREATE UNIQUE INDEX "touches_one_first" ON "touches" ("lead_id") WHERE "is_first";
-- What the lead's process has not yet taken into account.
CREATE INDEX "touches_unhandled" ON "touches" ("lead_id") WHERE "handled_at" IS NULL;
-- One cadence at a time.
CREATE UNIQUE INDEX "enrollments_one_active" ON "enrollments" ("lead_id") WHERE "status" = 'active';
-- A need is offered to one rep at a time and owned by one.
CREATE UNIQUE INDEX "assignments_one_live" ON "assignments" ("need_id") WHERE "status" IN ('offered', 'accepted');
-- A lead without an email is known by its phone.
CREATE UNIQUE INDEX "leads_phone_only" ON "leads" ("phone") WHERE "email" IS NULL;
CREATE INDEX "sends_unsettled" ON "sends" ("recorded_at") WHERE "status" IN ('claimed', 'in_doubt');

ALTER TABLE "leads" ADD CONSTRAINT "leads_known_by" CHECK ("email" IS NOT NULL OR "phone" IS NOT NULL);
ALTER TABLE "leads" ADD CONSTRAINT "leads_email_lower" CHECK ("email" = lower("email"));
ALTER TABLE "leads" ADD CONSTRAINT "leads_stage" CHECK ("stage" IN
  ('new', 'nurturing', 'qualifying', 'qualified', 'assigned', 'accepted', 'opportunity', 'customer', 'dormant', 'no-need', 'disqualified'));
ALTER TABLE "needs" ADD CONSTRAINT "needs_stage" CHECK ("stage" IN
  ('new', 'nurturing', 'qualifying', 'qualified', 'assigned', 'accepted', 'opportunity', 'customer', 'dormant', 'no-need', 'disqualified'));

-- Leads that were forwarded: the reconciler looks for them by their own clock.
CREATE INDEX "leads_own_clock" ON "leads" ("next_due_at") WHERE "clock_offset_ms" <> 0;
-- Score and next step change often: room on the page keeps those updates out of the indexes.
ALTER TABLE "leads" SET (fillfactor = 70);
-- What the lists ask for.
CREATE INDEX "sends_resends" ON "sends" ("resend_of") WHERE "resend_of" IS NOT NULL;
CREATE INDEX "enrollments_in_cadence" ON "enrollments" ("cadence", "lead_id") WHERE "status" = 'active';
CREATE INDEX "leads_paused" ON "leads" ("id") WHERE "paused_at" IS NOT NULL;
CREATE INDEX "audit_requests_recorded" ON "audit" ("lead_id", "occurred_at") WHERE "action" = 'request.recorded';
