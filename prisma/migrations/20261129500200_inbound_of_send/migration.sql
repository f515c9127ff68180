-- How many mails came to the addresses of one send is asked before each of them.
CREATE INDEX "inbound_mails_send_id_received_at_idx" ON "inbound_mails"("send_id", "received_at");
