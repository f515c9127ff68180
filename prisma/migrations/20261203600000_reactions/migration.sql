-- What reports ask of each mail and each lead stands with it: what people and machines did with the mail, and whether the lead says yes to
-- marketing. Triggers keep it, so that it is of the same instant as the rows that it follows from.

ALTER TABLE "sends" ADD COLUMN "reactions" SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE "leads" ADD COLUMN "marketing_consent" BOOLEAN NOT NULL DEFAULT FALSE;

-- 1: a person clicked; 2: replied; 4: unsubscribed; 8: it bounced; 16: a click that may be a scanner's; 32: a click of a program. 0: anything else.
CREATE FUNCTION reaction_of(type TEXT, machine BOOLEAN, properties JSONB) RETURNS SMALLINT LANGUAGE sql IMMUTABLE AS $$
  SELECT (CASE
    WHEN type = 'email.clicked' THEN CASE WHEN NOT machine THEN 1 WHEN properties->>'verdict' = 'suspect' THEN 16 ELSE 32 END
    WHEN machine THEN 0
    WHEN type = 'reply.received' THEN 2
    WHEN type = 'unsubscribed' THEN 4
    WHEN type = 'email.bounced' THEN 8
    ELSE 0 END)::smallint $$;

UPDATE "sends" s SET "reactions" = e.reactions
FROM (
  SELECT send_id, bit_or(reaction_of(type, machine, properties)) AS reactions FROM "events"
  WHERE send_id IS NOT NULL AND type <> 'email.opened' GROUP BY send_id) e
WHERE s.id = e.send_id AND e.reactions <> 0;

UPDATE "leads" l SET "marketing_consent" = TRUE
FROM (
  SELECT DISTINCT ON (lead_id) lead_id, granted FROM "consents" WHERE topic = 'marketing' AND NOT unconfirmed
  ORDER BY lead_id, occurred_at DESC, id DESC) c
WHERE c.lead_id = l.id AND c.granted;

CREATE FUNCTION sends_reacted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  reaction SMALLINT := reaction_of(NEW.type, NEW.machine, NEW.properties);
BEGIN
  UPDATE sends SET reactions = reactions | reaction WHERE id = NEW.send_id AND reactions & reaction = 0;
  RETURN NULL;
END $$;
CREATE TRIGGER "sends_reacted" AFTER INSERT ON "events" FOR EACH ROW
  WHEN (NEW."send_id" IS NOT NULL AND NEW."type" IN ('email.clicked', 'reply.received', 'unsubscribed', 'email.bounced')
    AND reaction_of(NEW."type", NEW."machine", NEW."properties") <> 0)
  EXECUTE FUNCTION sends_reacted();

-- A verdict on a click that changes: the others of the mail still count.
CREATE FUNCTION sends_judged_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sends SET reactions = (
    SELECT coalesce(bit_or(reaction_of(e.type, e.machine, e.properties)), 0::smallint) FROM events e
    WHERE e.send_id = NEW.send_id AND e.type <> 'email.opened')
  WHERE id = NEW.send_id;
  RETURN NULL;
END $$;
CREATE TRIGGER "sends_judged_anew" AFTER UPDATE OF "machine", "properties" ON "events" FOR EACH ROW
  WHEN (NEW."send_id" IS NOT NULL
    AND reaction_of(OLD."type", OLD."machine", OLD."properties") <> reaction_of(NEW."type", NEW."machine", NEW."properties"))
  EXECUTE FUNCTION sends_judged_anew();

CREATE FUNCTION leads_consented() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  latest BOOLEAN := (SELECT granted FROM consents WHERE lead_id = NEW.lead_id AND topic = 'marketing' AND NOT unconfirmed
    ORDER BY occurred_at DESC, id DESC LIMIT 1);
BEGIN
  UPDATE leads SET marketing_consent = latest WHERE id = NEW.lead_id AND marketing_consent <> latest;
  RETURN NULL;
END $$;
CREATE TRIGGER "leads_consented" AFTER INSERT ON "consents" FOR EACH ROW
  WHEN (NEW."topic" = 'marketing' AND NOT NEW."unconfirmed") EXECUTE FUNCTION leads_consented();
