-- After many requests for links to sign in no new mail is sent: the newest link then works in the browsers that asked since.
CREATE TABLE "sign_in_browsers" (
    "token_hash" TEXT NOT NULL,
    "browser_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_browsers_pkey" PRIMARY KEY ("token_hash", "browser_hash")
);

ALTER TABLE "sign_in_browsers" ADD CONSTRAINT "sign_in_browsers_token_hash_fkey" FOREIGN KEY ("token_hash") REFERENCES "sign_ins"("token_hash") ON DELETE CASCADE ON UPDATE CASCADE;
