-- CreateTable
CREATE TABLE "playbook_revisions" (
    "number" INTEGER NOT NULL,
    "format_version" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "rules" JSONB NOT NULL,
    "cadences" JSONB NOT NULL,
    "templates" JSONB NOT NULL,
    "author" TEXT NOT NULL,
    "note" TEXT,
    "published_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "playbook_revisions_pkey" PRIMARY KEY ("number")
);

-- AlterTable
ALTER TABLE "assignments" ADD COLUMN "playbook_revision" INTEGER;

-- AlterTable: until now `active` was what routing.yaml said. That is `in_playbook` from here on, and `active` what a person says.
ALTER TABLE "reps" ADD COLUMN "in_playbook" BOOLEAN NOT NULL DEFAULT true;
UPDATE "reps" SET "in_playbook" = "active", "active" = true;
