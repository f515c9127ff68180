-- Mails that came back or came in, and what was done about each. A row is written before the sender hears that the mail was taken.
CREATE TABLE "inbound_mails" (
    "id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "lead_id" TEXT,
    "send_id" TEXT,
    "verdict" TEXT NOT NULL,
    "status" TEXT,
    "recipient" TEXT,
    "domain" TEXT,
    "did" TEXT NOT NULL,
    "excerpt" TEXT,
    "settled_by" TEXT,
    "settled_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "inbound_mails_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "inbound_mails_digest_key" ON "inbound_mails"("digest");
CREATE INDEX "inbound_mails_lead_id_received_at_idx" ON "inbound_mails"("lead_id", "received_at");
CREATE INDEX "inbound_mails_open" ON "inbound_mails"("received_at") WHERE "did" IN ('kept', 'quarantined') AND "settled_at" IS NULL;
CREATE INDEX "inbound_mails_hard_of_domain" ON "inbound_mails"("domain", "received_at") WHERE "verdict" = 'hard';

ALTER TABLE "inbound_mails" ADD CONSTRAINT "inbound_mails_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
