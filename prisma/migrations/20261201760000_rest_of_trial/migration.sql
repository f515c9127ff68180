-- AlterTable
ALTER TABLE "broadcasts" ADD COLUMN     "rest_from" TIMESTAMPTZ(3);
