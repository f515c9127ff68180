-- The rows that reports look for among many others: what made a need ready, who ordered, and the control group.

CREATE INDEX "audit_qualified" ON "audit" ("lead_id", "occurred_at") WHERE "action" = 'lead.qualified';
CREATE INDEX "leads_with_orders" ON "leads" ("id") WHERE "orders" IS NOT NULL;
CREATE INDEX "leads_in_control" ON "leads" ("id") WHERE "control_since" IS NOT NULL;
CREATE INDEX "stage_changes_back" ON "stage_changes" ("need_id") WHERE "to_stage" = 'nurturing' AND "from_stage" IN ('assigned', 'accepted', 'opportunity');
