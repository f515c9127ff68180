-- A person had a send in doubt sent once more. In a table of its own, as with sends that were dismissed.
CREATE TABLE "resent_sends" (
    "send_id" TEXT NOT NULL,
    "resent_by" TEXT NOT NULL,
    "resent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "resent_sends_pkey" PRIMARY KEY ("send_id")
);

ALTER TABLE "resent_sends" ADD CONSTRAINT "resent_sends_send_id_fkey" FOREIGN KEY ("send_id") REFERENCES "sends"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What became of a message after the mail server took it.
ALTER TABLE "sends" ADD COLUMN "delivery" TEXT, ADD COLUMN "delivery_at" TIMESTAMPTZ(3);

-- A resend is looked for by the send it repeats.
CREATE INDEX "sends_resend_of_idx" ON "sends"("resend_of") WHERE "resend_of" IS NOT NULL;
