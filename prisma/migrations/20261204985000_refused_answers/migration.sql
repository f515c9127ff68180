-- AlterTable
ALTER TABLE "report_answers" ADD COLUMN     "refused_at" TIMESTAMPTZ(3);
