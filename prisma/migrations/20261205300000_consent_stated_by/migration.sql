-- AlterTable
ALTER TABLE "consents" ADD COLUMN     "stated_by" TEXT;
