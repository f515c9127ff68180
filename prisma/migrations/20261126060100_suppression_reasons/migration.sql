-- An address is suppressed for every reason that holds, one row each. A process of the version before still writes rows without an id.
ALTER TABLE "suppressions" DROP CONSTRAINT "suppressions_pkey";
ALTER TABLE "suppressions" ADD COLUMN "id" BIGSERIAL NOT NULL;
ALTER TABLE "suppressions" ADD CONSTRAINT "suppressions_pkey" PRIMARY KEY ("id");
-- Of somebody who was erased the address is gone, and a keyed hash of it stays.
ALTER TABLE "suppressions" ALTER COLUMN "email" DROP NOT NULL;
ALTER TABLE "suppressions" ADD COLUMN "address_hash" TEXT;
ALTER TABLE "suppressions" ADD CONSTRAINT "suppressions_of_somebody" CHECK ("email" IS NOT NULL OR "address_hash" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "suppressions_email_reason_key" ON "suppressions"("email", "reason");

-- CreateIndex
CREATE UNIQUE INDEX "suppressions_address_hash_reason_key" ON "suppressions"("address_hash", "reason");

-- CreateTable
CREATE TABLE "address_keys" (
    "sealed_by" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "address_keys_pkey" PRIMARY KEY ("sealed_by")
);
