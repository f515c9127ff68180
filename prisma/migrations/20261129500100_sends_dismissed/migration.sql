-- A person has looked at a send in doubt, and nothing follows. In a table of its own: the hot table of sends stays as narrow as it is.
CREATE TABLE "dismissed_sends" (
    "send_id" TEXT NOT NULL,
    "dismissed_by" TEXT NOT NULL,
    "dismissed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dismissed_sends_pkey" PRIMARY KEY ("send_id")
);

ALTER TABLE "dismissed_sends" ADD CONSTRAINT "dismissed_sends_send_id_fkey" FOREIGN KEY ("send_id") REFERENCES "sends"("id") ON DELETE CASCADE ON UPDATE CASCADE;
