-- What a manager was told by mail waits for them.

CREATE TABLE "manager_mails" (
    "id" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "leads" INTEGER NOT NULL,
    "status" "send_status" NOT NULL,
    "reason" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "manager_mails_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "manager_mails_recipient_occurred_at_idx" ON "manager_mails"("recipient", "occurred_at");

CREATE TABLE "manager_notices" (
    "recipient" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "mail_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "manager_notices_pkey" PRIMARY KEY ("recipient","key")
);

CREATE INDEX "manager_notices_lead_id_idx" ON "manager_notices"("lead_id");
CREATE INDEX "manager_notices_mail_id_idx" ON "manager_notices"("mail_id");

ALTER TABLE "manager_notices" ADD CONSTRAINT "manager_notices_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
