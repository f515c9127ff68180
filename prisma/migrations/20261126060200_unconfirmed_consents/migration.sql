-- A yes by a public key of somebody who said no before: it counts once the person has confirmed it.
ALTER TABLE "consents" ADD COLUMN "unconfirmed" BOOLEAN NOT NULL DEFAULT false;
