-- How much of each limit of sending is used, and until when the cadences and broadcasts that wait for room in it have taken places.
-- `lane`: empty for the limit itself. Rates use `used_until`, days `day` and `used`.
CREATE TABLE "mail_limits" (
    "limit_key" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "used_until" TIMESTAMPTZ(6) NOT NULL DEFAULT 'epoch',
    "waiting_until" TIMESTAMPTZ(6) NOT NULL DEFAULT 'epoch',
    "day" DATE,
    "used" INTEGER NOT NULL DEFAULT 0,
    "granted" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "mail_limits_pkey" PRIMARY KEY ("limit_key", "lane")
);
