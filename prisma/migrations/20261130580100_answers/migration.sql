-- What a person answered is kept; whether it asks for no more mail; and the mail that tells the rep of it.
ALTER TABLE "inbound_mails" ADD COLUMN "asks_removal" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "assignments" ADD COLUMN "tell_reply_at" TIMESTAMPTZ(3);
