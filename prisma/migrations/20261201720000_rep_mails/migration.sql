-- Alerts to reps that are gathered, the list of the day by mail, and each such mail.

ALTER TABLE "reps" ADD COLUMN "digest_since" TIMESTAMPTZ(3);

CREATE TABLE "rep_mails" (
    "id" TEXT NOT NULL,
    "rep_id" TEXT NOT NULL,
    "day" TEXT,
    "status" "send_status" NOT NULL,
    "reason" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "rep_mails_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "rep_mails_rep_id_day_key" ON "rep_mails"("rep_id", "day");

CREATE TABLE "rep_alerts" (
    "key" TEXT NOT NULL,
    "rep_id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "assignment_id" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "held" BOOLEAN NOT NULL,
    "mail_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rep_alerts_pkey" PRIMARY KEY ("key")
);

CREATE INDEX "rep_alerts_rep_id_occurred_at_idx" ON "rep_alerts"("rep_id", "occurred_at");
CREATE INDEX "rep_alerts_lead_id_idx" ON "rep_alerts"("lead_id");
CREATE INDEX "rep_alerts_mail_id_idx" ON "rep_alerts"("mail_id");

ALTER TABLE "rep_mails" ADD CONSTRAINT "rep_mails_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "rep_alerts" ADD CONSTRAINT "rep_alerts_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "rep_alerts" ADD CONSTRAINT "rep_alerts_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
