-- The cadence that asked for the task; its reader needs no join.
ALTER TABLE "tasks" ADD COLUMN "cadence" TEXT;
