-- CreateTable
CREATE TABLE "report_answers" (
    "key" TEXT NOT NULL,
    "report" TEXT NOT NULL,
    "part" TEXT NOT NULL,
    "words" JSONB NOT NULL,
    "scope" JSONB NOT NULL,
    "sections" JSONB,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "took_ms" INTEGER NOT NULL,
    "erasures" INTEGER NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "report_answers_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "report_answers_asked_at_idx" ON "report_answers"("asked_at");
