-- The sweep deletes what is older than 90 days.
CREATE INDEX "inbound_mails_received_at_idx" ON "inbound_mails"("received_at");
