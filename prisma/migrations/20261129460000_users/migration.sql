-- CreateEnum
CREATE TYPE "user_role" AS ENUM ('marketer', 'manager', 'operator', 'admin');

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "user_id" TEXT,
ALTER COLUMN "rep_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "sign_ins" ADD COLUMN     "user_id" TEXT,
ALTER COLUMN "browser_hash" DROP NOT NULL,
ALTER COLUMN "rep_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" "user_role" NOT NULL,
    "teams" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "time_zone" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- AddForeignKey
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
