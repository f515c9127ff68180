-- Where a link with values of a lead leads. A click names it by the same kind of number as a link of a template, so the numbers are apart:
-- those of links begin at 1, these at 2^30.
CREATE TABLE "lead_links" (
    "id" SERIAL NOT NULL,
    "lead_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,

    CONSTRAINT "lead_links_pkey" PRIMARY KEY ("id")
);
ALTER SEQUENCE "lead_links_id_seq" START WITH 1073741824 RESTART;
CREATE INDEX "lead_links_lead_id_idx" ON "lead_links"("lead_id");
ALTER TABLE "lead_links" ADD CONSTRAINT "lead_links_lead_id_fkey"
  FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
