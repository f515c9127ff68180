-- A request that is to be answered at once. The row goes when the answer has an outcome; its send is what stays.
ALTER TABLE "leads" ADD COLUMN "answer_due_at" TIMESTAMPTZ(3);
CREATE TABLE "answers" (
    "key" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "template_key" TEXT NOT NULL,
    "asked_by" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "answers_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "answers_lead_id_due_at_idx" ON "answers"("lead_id", "due_at");
ALTER TABLE "answers" ADD CONSTRAINT "answers_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
