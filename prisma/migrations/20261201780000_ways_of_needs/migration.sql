-- What reports ask of each need stands with it: when it first came to each layer of the funnel, since when it is in its stage, the touch that
-- it came by, and its latest offer. Triggers keep it, so that it is of the same instant as the rows that it follows from.

ALTER TABLE "needs"
  ADD COLUMN "qualified_at" TIMESTAMPTZ(3),
  ADD COLUMN "handed_at" TIMESTAMPTZ(3),
  ADD COLUMN "accepted_at" TIMESTAMPTZ(3),
  ADD COLUMN "opportunity_at" TIMESTAMPTZ(3),
  ADD COLUMN "won_at" TIMESTAMPTZ(3),
  ADD COLUMN "ended_at" TIMESTAMPTZ(3),
  ADD COLUMN "stage_since" TIMESTAMPTZ(3),
  ADD COLUMN "touch_id" TEXT,
  ADD COLUMN "assignment_id" TEXT;

-- A layer is reached by a need that came to it, or to one after it: a referral that enters with sales was ready without the rules.
UPDATE "needs" need SET
  "qualified_at" = s.qualified_at, "handed_at" = s.handed_at, "accepted_at" = s.accepted_at, "opportunity_at" = s.opportunity_at,
  "won_at" = s.won_at, "ended_at" = s.ended_at, "stage_since" = s.stage_since, "assignment_id" = a.id, "touch_id" = h.id
FROM "needs" n
LEFT JOIN (
  SELECT need_id, lead_id,
    min(occurred_at) FILTER (WHERE to_stage IN ('qualified', 'qualifying', 'assigned', 'accepted', 'opportunity', 'customer')) AS qualified_at,
    min(occurred_at) FILTER (WHERE to_stage IN ('assigned', 'accepted', 'opportunity', 'customer')) AS handed_at,
    min(occurred_at) FILTER (WHERE to_stage IN ('accepted', 'opportunity', 'customer')) AS accepted_at,
    min(occurred_at) FILTER (WHERE to_stage IN ('opportunity', 'customer')) AS opportunity_at,
    min(occurred_at) FILTER (WHERE to_stage = 'customer') AS won_at,
    min(occurred_at) FILTER (WHERE to_stage IN ('no-need', 'disqualified')) AS ended_at,
    max(occurred_at) AS stage_since
  FROM "stage_changes" WHERE need_id IS NOT NULL GROUP BY need_id, lead_id) s ON s.need_id = n.id AND s.lead_id = n.lead_id
LEFT JOIN (SELECT DISTINCT ON (need_id) need_id, id FROM "assignments" ORDER BY need_id, created_at DESC, id DESC) a ON a.need_id = n.id
-- Its own first touch; the first of its lead where it has none.
LEFT JOIN (
  SELECT DISTINCT ON (n.id) n.id AS need_id, t.id FROM "needs" n JOIN "touches" t ON t.lead_id = n.lead_id
  ORDER BY n.id, t.need_id IS NOT DISTINCT FROM n.id DESC, t.occurred_at, t.id) h ON h.need_id = n.id
WHERE n.id = need.id;

CREATE FUNCTION needs_came_to_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE needs SET
    qualified_at = least(qualified_at, CASE WHEN NEW.to_stage IN ('qualified', 'qualifying', 'assigned', 'accepted', 'opportunity', 'customer') THEN NEW.occurred_at END),
    handed_at = least(handed_at, CASE WHEN NEW.to_stage IN ('assigned', 'accepted', 'opportunity', 'customer') THEN NEW.occurred_at END),
    accepted_at = least(accepted_at, CASE WHEN NEW.to_stage IN ('accepted', 'opportunity', 'customer') THEN NEW.occurred_at END),
    opportunity_at = least(opportunity_at, CASE WHEN NEW.to_stage IN ('opportunity', 'customer') THEN NEW.occurred_at END),
    won_at = least(won_at, CASE WHEN NEW.to_stage = 'customer' THEN NEW.occurred_at END),
    ended_at = least(ended_at, CASE WHEN NEW.to_stage IN ('no-need', 'disqualified') THEN NEW.occurred_at END),
    stage_since = greatest(stage_since, NEW.occurred_at)
  WHERE id = NEW.need_id AND lead_id = NEW.lead_id;
  RETURN NULL;
END $$;
CREATE TRIGGER "needs_came_to_stage" AFTER INSERT ON "stage_changes" FOR EACH ROW
  WHEN (NEW."need_id" IS NOT NULL AND NEW."to_stage" <> 'new') EXECUTE FUNCTION needs_came_to_stage();

CREATE FUNCTION needs_latest_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE needs SET assignment_id = NEW.id
  WHERE id = NEW.need_id AND NOT EXISTS (
    SELECT FROM assignments a WHERE a.id = needs.assignment_id AND (a.created_at, a.id) > (NEW.created_at, NEW.id));
  RETURN NULL;
END $$;
CREATE TRIGGER "needs_latest_assignment" AFTER INSERT ON "assignments" FOR EACH ROW EXECUTE FUNCTION needs_latest_assignment();

-- A touch comes before its need, and is given to it later. Until then it is of no need, and counts where there is no other.
CREATE FUNCTION needs_came_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.need_id IS NULL THEN
    UPDATE needs SET touch_id = NEW.id WHERE lead_id = NEW.lead_id AND touch_id IS NULL;
  ELSE
    UPDATE needs SET touch_id = NEW.id
    WHERE id = NEW.need_id AND lead_id = NEW.lead_id AND NOT EXISTS (
      SELECT FROM touches t WHERE t.id = needs.touch_id AND t.need_id = needs.id AND (t.occurred_at, t.id) <= (NEW.occurred_at, NEW.id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "needs_came_by" AFTER INSERT ON "touches" FOR EACH ROW EXECUTE FUNCTION needs_came_by();
CREATE TRIGGER "needs_came_by_later" AFTER UPDATE OF "need_id" ON "touches" FOR EACH ROW
  WHEN (OLD."need_id" IS DISTINCT FROM NEW."need_id") EXECUTE FUNCTION needs_came_by();

-- A need that is opened without a request, as for a sale to a customer, came by the first touch of its lead.
CREATE FUNCTION needs_first_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.touch_id := coalesce(NEW.touch_id, (SELECT id FROM touches WHERE lead_id = NEW.lead_id ORDER BY occurred_at, id LIMIT 1));
  RETURN NEW;
END $$;
CREATE TRIGGER "needs_first_touch" BEFORE INSERT ON "needs" FOR EACH ROW EXECUTE FUNCTION needs_first_touch();

-- What people did with a mail beside opening it, and the events that are rare: reports read these alone, out of many times as many.
CREATE INDEX "events_reactions" ON "events" ("send_id") INCLUDE ("type", "machine") WHERE "send_id" IS NOT NULL AND "type" <> 'email.opened';
CREATE INDEX "events_deeds" ON "events" ("occurred_at")
  WHERE "type" NOT IN ('email.opened', 'email.clicked', 'page.viewed', 'page.dwelled');
