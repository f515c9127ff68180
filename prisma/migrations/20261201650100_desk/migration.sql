-- A lead that its rep does not want to see before a date.
ALTER TABLE "assignments" ADD COLUMN "snoozed_until" TIMESTAMPTZ(3);

-- What leads are found by: parts of name, company, address and phone. Beside the leads, as their rows are written with every event.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE "lead_search" (
  "lead_id" TEXT PRIMARY KEY REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "words" TEXT NOT NULL
);
CREATE FUNCTION write_lead_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lead_search (lead_id, words)
  VALUES (NEW.id, lower(concat_ws(' ', NEW.first_name, NEW.last_name, NEW.company, NEW.email, regexp_replace(NEW.phone, '\D', '', 'g'))))
  ON CONFLICT (lead_id) DO UPDATE SET words = EXCLUDED.words;
  RETURN NULL;
END $$;
INSERT INTO lead_search (lead_id, words)
SELECT id, lower(concat_ws(' ', first_name, last_name, company, email, regexp_replace(phone, '\D', '', 'g'))) FROM leads;
CREATE INDEX "lead_search_words_idx" ON "lead_search" USING gin ("words" gin_trgm_ops);
CREATE TRIGGER "leads_search_new" AFTER INSERT ON "leads" FOR EACH ROW EXECUTE FUNCTION write_lead_search();
CREATE TRIGGER "leads_search_changed" AFTER UPDATE OF "first_name", "last_name", "company", "email", "phone" ON "leads" FOR EACH ROW
  WHEN ((OLD.first_name, OLD.last_name, OLD.company, OLD.email, OLD.phone) IS DISTINCT FROM (NEW.first_name, NEW.last_name, NEW.company, NEW.email, NEW.phone))
  EXECUTE FUNCTION write_lead_search();
