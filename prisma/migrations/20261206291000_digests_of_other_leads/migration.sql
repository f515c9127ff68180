-- Somebody may get the same report twice, of other leads or otherwise split. By its digest: the words may be longer than an index takes.
DROP INDEX "report_subscriptions_once";
CREATE UNIQUE INDEX "report_subscriptions_once" ON "report_subscriptions" (coalesce("user_id", ''), coalesce("rep_id", ''), "report", "every", md5("words"::text));
