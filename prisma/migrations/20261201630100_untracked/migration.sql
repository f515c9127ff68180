-- What of a mail is not recorded: `opens`, or `all` (neither opens nor clicks). Null: both are. Whether such a mail was opened or clicked
-- cannot be known.
ALTER TABLE "sends" ADD COLUMN "untracked" TEXT;
