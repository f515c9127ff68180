-- What a mail was written from, as a digest: a page can say whether it shows the mail as it was sent, and nothing of a person is kept twice.
ALTER TABLE "sends" ADD COLUMN "context_digest" TEXT;
