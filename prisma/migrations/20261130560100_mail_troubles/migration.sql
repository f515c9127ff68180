-- CreateTable
CREATE TABLE "mail_troubles" (
    "id" BIGSERIAL NOT NULL,
    "mails" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mail_troubles_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "mail_troubles_at_idx" ON "mail_troubles"("at");
