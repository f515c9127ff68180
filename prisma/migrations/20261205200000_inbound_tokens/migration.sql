-- CreateTable
CREATE TABLE "inbound_tokens" (
    "token" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbound_tokens_pkey" PRIMARY KEY ("token")
);

-- CreateIndex
CREATE INDEX "inbound_tokens_used_at_idx" ON "inbound_tokens"("used_at");
