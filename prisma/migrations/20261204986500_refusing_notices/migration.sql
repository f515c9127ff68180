-- AlterTable
ALTER TABLE "inbound_mails" ADD COLUMN     "refuses_us" BOOLEAN NOT NULL DEFAULT false;

-- How many people of a receiving domain such notices are about is asked under its lock: of these rows alone.
CREATE INDEX "inbound_mails_refusing" ON "inbound_mails" ("domain", "received_at") WHERE "refuses_us";
