-- A lead that begins a cadence again keeps its enrollment. What it got in passes before this one it has, as if by another enrollment.
ALTER TABLE "enrollments" ADD COLUMN "first_pass" INTEGER NOT NULL DEFAULT 1;
