-- AlterTable
ALTER TABLE "assignments" ADD COLUMN     "chosen" JSONB;
