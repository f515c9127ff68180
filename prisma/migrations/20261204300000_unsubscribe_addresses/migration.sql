-- AlterTable
ALTER TABLE "sends" ADD COLUMN     "own_leave_address" BOOLEAN NOT NULL DEFAULT false;
