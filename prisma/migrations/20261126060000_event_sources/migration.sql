-- An event is known by its source and its id. Events stored before this are known by the id alone: a repeat of one of them,
-- of the same lead and type, still counts once. A process of the version before writes such rows as well, by the default.
ALTER TABLE "events" ADD COLUMN "bare_id" BOOLEAN NOT NULL DEFAULT true;

-- Small for ever where the engine began with sources: the look for an old event costs nothing there.
CREATE INDEX "events_bare_id" ON "events" ("id") WHERE "bare_id";
