/**
 * The commands, in the order of the help. A module adds its command to the program, and imports what the command needs when it runs:
 * so `--help` and completion stay fast.
 */
import type { Command } from 'commander';
import { registerAfterRestore } from './after-restore.ts';
import { registerBroadcast } from './broadcast.ts';
import { registerNewsletter } from './newsletter.ts';
import { registerCadence } from './cadence.ts';
import { registerCampaigns } from './campaigns.ts';
import { registerCompletion } from './completion.ts';
import { registerDemo } from './demo.ts';
import { registerDkim } from './dkim.ts';
import { registerEmail } from './email.ts';
import { registerInbound } from './inbound.ts';
import { registerLead } from './lead.ts';
import { registerMigrate } from './migrate.ts';
import { registerPlan } from './plan.ts';
import { registerPlaybookList } from './playbook-list.ts';
import { registerPreview } from './preview.ts';
import { registerPlaybookNew } from './playbook-new.ts';
import { registerProcesses } from './processes.ts';
import { registerPublish } from './publish.ts';
import { registerReport } from './report.ts';
import { registerReps } from './reps.ts';
import { registerRouting } from './routing.ts';
import { registerRuns } from './runs.ts';
import { registerSending } from './sending.ts';
import { registerScoring } from './scoring.ts';
import { registerSegments } from './segments.ts';
import { registerSend } from './send.ts';
import { registerSimulate } from './simulate.ts';
import { registerStart } from './start.ts';
import { registerSuppression } from './suppression.ts';
import { registerTestSend } from './test-send.ts';
import { registerTest } from './test.ts';
import { registerTracking } from './tracking.ts';
import { registerUsers } from './users.ts';
import { registerValidate } from './validate.ts';
import { registerWatch } from './watch.ts';

export const COMMANDS: readonly ((program: Command) => void)[] = [
  registerValidate,
  registerPreview,
  registerWatch,
  registerTestSend,
  registerSimulate,
  registerTest,
  registerPlan,
  registerPublish,
  registerReps,
  registerRouting,
  registerUsers,
  registerScoring,
  registerSegments,
  registerReport,
  registerPlaybookNew,
  registerPlaybookList,
  registerCadence,
  registerBroadcast,
  registerNewsletter,
  registerCampaigns,
  registerLead,
  registerInbound,
  registerSend,
  registerSuppression,
  registerTracking,
  registerRuns,
  registerSending,
  registerStart,
  registerDemo,
  registerProcesses,
  registerDkim,
  registerEmail,
  registerMigrate,
  registerAfterRestore,
  registerCompletion,
];
