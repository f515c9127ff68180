-- A send is one effect on the outside world by some channel; a message has a topic, which consent is asked for by.
ALTER TABLE "sends" ADD COLUMN "channel" TEXT NOT NULL DEFAULT 'email', ADD COLUMN "topic" TEXT;
