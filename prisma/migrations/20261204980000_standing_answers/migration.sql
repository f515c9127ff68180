-- AlterTable
ALTER TABLE "report_answers" ADD COLUMN     "standing" BOOLEAN NOT NULL DEFAULT false;
