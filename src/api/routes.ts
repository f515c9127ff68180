import type { Keyring } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import type { Metrics } from './metrics.ts';
import { apiKeyRoutes } from './resources/api-keys.ts';
import { assignmentRoutes } from './resources/assignments.ts';
import { attentionRoutes } from './resources/attention.ts';
import { eventRoutes } from './resources/events.ts';
import { healthRoutes } from './resources/health.ts';
import { leadActivityRoutes } from './resources/lead-activities.ts';
import { leadAssessmentRoutes } from './resources/lead-assessment.ts';
import { leadCommandRoutes } from './resources/lead-commands.ts';
import { leadConsentRoutes } from './resources/lead-consents.ts';
import { leadPersonRoutes } from './resources/lead-person.ts';
import { leadRoutingRoutes } from './resources/lead-routing.ts';
import { leadTimelineRoutes } from './resources/lead-timeline.ts';
import { leadWhyRoutes } from './resources/lead-why.ts';
import { leadRoutes } from './resources/leads.ts';
import { metricsRoutes } from './resources/metrics.ts';
import { playbookRoutes } from './resources/playbook.ts';
import { repRoutes } from './resources/reps.ts';
import { inboundMailRoutes } from './resources/inbound-mails.ts';
import { inboundWebhookRoutes } from './resources/inbound-webhooks.ts';
import { suppressionRoutes } from './resources/suppressions.ts';
import { sendRoutes } from './resources/sends.ts';
import { taskRoutes } from './resources/tasks.ts';
import { broadcastRoutes } from './resources/broadcasts.ts';
import { newsletterRoutes } from './resources/newsletters.ts';
import { bulkRunRoutes } from './resources/bulk-runs.ts';
import { campaignEntryRoutes } from './resources/campaign-entries.ts';
import { campaignRoutes } from './resources/campaigns.ts';
import { canaryRoutes } from './resources/canaries.ts';
import { pauseRoutes } from './resources/pauses.ts';
import { clickRoutes } from './resources/tracking-click.ts';
import { confirmRoutes } from './resources/tracking-confirm.ts';
import { decisionRoutes } from './resources/tracking-decision.ts';
import { openRoutes } from './resources/tracking-open.ts';
import { preferenceRoutes } from './resources/tracking-preferences.ts';
import { unsubscribeRoutes } from './resources/tracking-unsubscribe.ts';
import { viewRoutes } from './resources/tracking-view.ts';
import { reportRoutes } from './resources/reports.ts';
import { reportSubscriptionRoutes } from './resources/report-subscriptions.ts';
import { segmentRoutes } from './resources/segments.ts';
import type { Route } from './route.ts';

/** Every route there is, in the order of the docs. */
export function allRoutes(deps: ApiDeps, keyring: Pick<Keyring, 'forget'>, metrics: Metrics): Route[] {
  return [
    ...leadRoutes(deps),
    ...leadTimelineRoutes(deps),
    ...leadConsentRoutes(deps),
    ...leadPersonRoutes(deps),
    ...leadWhyRoutes(deps),
    ...leadRoutingRoutes(deps),
    ...leadCommandRoutes(deps),
    ...leadActivityRoutes(deps),
    ...leadAssessmentRoutes(deps),
    ...eventRoutes(deps),
    ...assignmentRoutes(deps),
    ...taskRoutes(deps),
    ...attentionRoutes(deps),
    ...inboundMailRoutes(deps),
    ...inboundWebhookRoutes(deps),
    ...sendRoutes(deps),
    ...suppressionRoutes(deps),
    ...playbookRoutes(deps),
    ...segmentRoutes(deps),
    ...campaignRoutes(deps),
    ...campaignEntryRoutes(deps),
    ...reportRoutes(deps),
    ...reportSubscriptionRoutes(deps),
    ...repRoutes(deps, keyring),
    ...pauseRoutes(deps),
    ...canaryRoutes(deps),
    ...bulkRunRoutes(deps),
    ...broadcastRoutes(deps),
    ...newsletterRoutes(deps),
    ...apiKeyRoutes(deps, keyring),
    ...openRoutes(deps),
    ...clickRoutes(deps),
    ...viewRoutes(deps),
    ...unsubscribeRoutes(deps),
    ...preferenceRoutes(deps),
    ...confirmRoutes(deps),
    ...decisionRoutes(deps),
    ...healthRoutes(deps),
    ...metricsRoutes(deps, metrics),
  ];
}
