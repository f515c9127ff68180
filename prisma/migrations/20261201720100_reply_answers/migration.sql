-- How long each reply of a lead waited for its rep.

CREATE TABLE "reply_answers" (
    "assignment_id" TEXT NOT NULL,
    "replied_at" TIMESTAMPTZ(3) NOT NULL,
    "lead_id" TEXT NOT NULL,
    "rep_id" TEXT NOT NULL,
    "team" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reply_answers_pkey" PRIMARY KEY ("assignment_id", "replied_at")
);

CREATE INDEX "reply_answers_rep_id_answered_at_idx" ON "reply_answers"("rep_id", "answered_at");
CREATE INDEX "reply_answers_lead_id_idx" ON "reply_answers"("lead_id");

ALTER TABLE "reply_answers" ADD CONSTRAINT "reply_answers_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "reply_answers" ADD CONSTRAINT "reply_answers_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
