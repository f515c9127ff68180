-- The condition that chose the leads can hold what somebody wrote of a person. A run that is over has no use for it.
UPDATE "bulk_runs" SET "params" = "params" - 'when' WHERE "status" IN ('done', 'canceled') AND "params" ? 'when';
