-- Null for all that exist: leads on the way stayed, or a run says what they did, and each revision was published.
ALTER TABLE "playbook_revisions" ADD COLUMN     "leads_follow" TEXT;

-- AlterTable
ALTER TABLE "cadence_revisions" ADD COLUMN     "amends" INTEGER;
