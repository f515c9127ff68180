-- Who gets which report by mail, and each mail that was meant to go out.

CREATE TABLE "report_subscriptions" (
    "id" TEXT NOT NULL,
    "user_id" TEXT,
    "rep_id" TEXT,
    "report" TEXT NOT NULL,
    "every" TEXT NOT NULL,
    "words" JSONB NOT NULL DEFAULT '{}',
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_subscriptions_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "report_subscriptions_once" ON "report_subscriptions" (coalesce("user_id", ''), coalesce("rep_id", ''), "report", "every");

ALTER TABLE "report_subscriptions" ADD CONSTRAINT "report_subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "report_subscriptions" ADD CONSTRAINT "report_subscriptions_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "report_mails" (
    "id" TEXT NOT NULL,
    "subscription_id" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "status" "send_status" NOT NULL,
    "reason" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "report_mails_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "report_mails_subscription_id_period_key" ON "report_mails"("subscription_id", "period");
