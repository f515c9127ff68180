-- Who was put off: the page of a broadcast asks whom of them a receiving domain holds up, and does not read the million who are yet to be
-- looked at. Of those no row is in it.
CREATE INDEX "broadcast_recipients_put_off" ON "broadcast_recipients"("broadcast_id") WHERE "due_at" > "first_due_at";
