-- With a lead goes all that is known of it. The rows were checked by the constraints that these replace: to check them again would
-- hold up writes for as long as it takes to read the tables.
ALTER TABLE "needs" DROP CONSTRAINT "needs_lead_id_fkey";
ALTER TABLE "needs" ADD CONSTRAINT "needs_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "touches" DROP CONSTRAINT "touches_lead_id_fkey";
ALTER TABLE "touches" ADD CONSTRAINT "touches_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "consents" DROP CONSTRAINT "consents_lead_id_fkey";
ALTER TABLE "consents" ADD CONSTRAINT "consents_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "events" DROP CONSTRAINT "events_lead_id_fkey";
ALTER TABLE "events" ADD CONSTRAINT "events_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "score_ledger" DROP CONSTRAINT "score_ledger_lead_id_fkey";
ALTER TABLE "score_ledger" ADD CONSTRAINT "score_ledger_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "enrollments" DROP CONSTRAINT "enrollments_lead_id_fkey";
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "sends" DROP CONSTRAINT "sends_lead_id_fkey";
ALTER TABLE "sends" ADD CONSTRAINT "sends_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "assignments" DROP CONSTRAINT "assignments_lead_id_fkey";
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "assignments" DROP CONSTRAINT "assignments_need_id_fkey";
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_need_id_fkey" FOREIGN KEY ("need_id") REFERENCES "needs"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "rep_activities" DROP CONSTRAINT "rep_activities_lead_id_fkey";
ALTER TABLE "rep_activities" ADD CONSTRAINT "rep_activities_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;
ALTER TABLE "audit" DROP CONSTRAINT "audit_lead_id_fkey";
ALTER TABLE "audit" ADD CONSTRAINT "audit_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID;

-- What goes is looked up by these: without an index each would be read from end to end.
CREATE INDEX "touches_need_id" ON "touches" ("need_id") WHERE "need_id" IS NOT NULL;
CREATE INDEX "enrollments_need_id" ON "enrollments" ("need_id") WHERE "need_id" IS NOT NULL;
CREATE INDEX "sends_assignment_id" ON "sends" ("assignment_id") WHERE "assignment_id" IS NOT NULL;

-- CreateTable
CREATE TABLE "erased_leads" (
    "id_hash" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_leads_pkey" PRIMARY KEY ("id_hash")
);
