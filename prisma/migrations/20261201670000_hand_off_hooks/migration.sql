-- What another program is still to be told of a hand-off.

CREATE TABLE "hand_off_hooks" (
    "key" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "assignment_id" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "what" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hand_off_hooks_pkey" PRIMARY KEY ("key")
);

CREATE INDEX "hand_off_hooks_due_at_idx" ON "hand_off_hooks"("due_at");
CREATE INDEX "hand_off_hooks_lead_id_idx" ON "hand_off_hooks"("lead_id");

ALTER TABLE "hand_off_hooks" ADD CONSTRAINT "hand_off_hooks_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
