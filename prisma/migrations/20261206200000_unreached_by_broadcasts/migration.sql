-- The recipients that a canceled broadcast has not come to are deleted after their time; their number stays.
ALTER TABLE "broadcasts" ADD COLUMN "unreached" INTEGER NOT NULL DEFAULT 0;
