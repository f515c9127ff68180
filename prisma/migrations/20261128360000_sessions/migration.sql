-- How reps sign in to the console: a link by mail, then a session.
CREATE TABLE "sign_ins" (
    "token_hash" TEXT NOT NULL,
    "browser_hash" TEXT NOT NULL,
    "rep_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "sign_ins_pkey" PRIMARY KEY ("token_hash")
);
CREATE INDEX "sign_ins_expires_at_idx" ON "sign_ins"("expires_at");
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE TABLE "sessions" (
    "token_hash" TEXT NOT NULL,
    "rep_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "sessions_pkey" PRIMARY KEY ("token_hash")
);
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_rep_id_fkey" FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
