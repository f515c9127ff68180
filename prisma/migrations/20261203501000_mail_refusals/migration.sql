CREATE TABLE "mail_refusals" (
    "receiver" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "refusals" INTEGER NOT NULL DEFAULT 1,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "trying" BOOLEAN NOT NULL DEFAULT false,
    "heard_by" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT NOT NULL,

    CONSTRAINT "mail_refusals_pkey" PRIMARY KEY ("receiver")
);
