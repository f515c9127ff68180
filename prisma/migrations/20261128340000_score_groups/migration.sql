-- Points by group and by product line. Both are null where there are none, so no row is written anew.
ALTER TABLE "leads" ADD COLUMN "score_parts" JSONB;
ALTER TABLE "score_ledger" ADD COLUMN "score_group" TEXT,
ADD COLUMN "product_line" TEXT;
