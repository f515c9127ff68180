-- On which messages of a broadcast there was a reaction, by kind and verdict, so that its page counts rows of one index. Triggers keep it, in
-- the transaction of the event. Whoever writes an event of a message, or judges it anew, holds the lock of its lead: two of them do not meet.

-- CreateTable
CREATE TABLE "broadcast_reactions" (
    "broadcast_id" TEXT NOT NULL,
    "reaction" SMALLINT NOT NULL,
    "send_id" TEXT NOT NULL,

    CONSTRAINT "broadcast_reactions_pkey" PRIMARY KEY ("broadcast_id","reaction","send_id")
);

-- Tens: 1 opened, 2 clicked, 3 replied. Ones: 1 by a person, 2 perhaps by a scanner, 3 by a machine, 4 it cannot be told. Null: anything else.
CREATE FUNCTION mail_reaction_of(type TEXT, machine BOOLEAN, properties JSONB) RETURNS SMALLINT LANGUAGE sql IMMUTABLE AS $$
  SELECT (CASE type WHEN 'email.opened' THEN 10 WHEN 'email.clicked' THEN 20 WHEN 'reply.received' THEN 30 END
    + CASE
      WHEN machine THEN CASE WHEN properties->>'verdict' = 'suspect' THEN 2 ELSE 3 END
      WHEN coalesce(properties->>'verdict', properties->>'actor') = 'unknown' THEN 4
      ELSE 1 END)::smallint $$;

CREATE FUNCTION broadcasts_reacted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO broadcast_reactions (broadcast_id, reaction, send_id)
  SELECT broadcast_id, mail_reaction_of(NEW.type, NEW.machine, NEW.properties), id FROM sends
  WHERE id = NEW.send_id AND broadcast_id IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "broadcasts_reacted" AFTER INSERT ON "events" FOR EACH ROW
  WHEN (NEW."send_id" IS NOT NULL AND NEW."type" IN ('email.opened', 'email.clicked', 'reply.received'))
  EXECUTE FUNCTION broadcasts_reacted();

-- A verdict that changes: the message keeps the earlier one where another event of the kind has it.
CREATE FUNCTION broadcasts_judged_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM broadcast_reactions r USING sends s
  WHERE s.id = NEW.send_id AND r.broadcast_id = s.broadcast_id AND r.send_id = s.id
    AND r.reaction = mail_reaction_of(OLD.type, OLD.machine, OLD.properties)
    AND NOT EXISTS (SELECT FROM events e WHERE e.send_id = NEW.send_id AND e.type = NEW.type
      AND mail_reaction_of(e.type, e.machine, e.properties) = r.reaction);
  INSERT INTO broadcast_reactions (broadcast_id, reaction, send_id)
  SELECT broadcast_id, mail_reaction_of(NEW.type, NEW.machine, NEW.properties), id FROM sends
  WHERE id = NEW.send_id AND broadcast_id IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "broadcasts_judged_anew" AFTER UPDATE OF "machine", "properties" ON "events" FOR EACH ROW
  WHEN (NEW."send_id" IS NOT NULL
    AND mail_reaction_of(OLD."type", OLD."machine", OLD."properties") <> mail_reaction_of(NEW."type", NEW."machine", NEW."properties"))
  EXECUTE FUNCTION broadcasts_judged_anew();

-- With its lead that is erased, or as it did not leave.
CREATE FUNCTION broadcasts_lost_send() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM broadcast_reactions WHERE broadcast_id = OLD.broadcast_id AND reaction BETWEEN 10 AND 39 AND send_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "broadcasts_lost_send" AFTER DELETE ON "sends" FOR EACH ROW
  WHEN (OLD."broadcast_id" IS NOT NULL) EXECUTE FUNCTION broadcasts_lost_send();

-- After the triggers: nobody writes an event between them and the end of this.
INSERT INTO "broadcast_reactions" ("broadcast_id", "reaction", "send_id")
SELECT DISTINCT s."broadcast_id", mail_reaction_of(e."type", e."machine", e."properties"), s."id"
FROM "sends" s JOIN "events" e ON e."send_id" = s."id"
WHERE s."broadcast_id" IS NOT NULL AND e."type" IN ('email.opened', 'email.clicked', 'reply.received')
ON CONFLICT DO NOTHING;
