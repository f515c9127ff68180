import {
  commandsStand,
  noEventLost,
  nothingDiesByItself,
  onlyHonestAnswers,
  oneVerdict,
  submissionsOnce,
} from './answered.ts';
import { missingExplained, noClaimLeft, sendsFitTheSink } from './explained.ts';
import type { Invariant } from './invariant.ts';
import { noMessageTwice } from './once.ts';
import { oneOwner } from './owners.ts';
import { ledgerIsAChain, scoreFromEvents } from './score.ts';
import {
  everyLeadThere,
  heldForCause,
  nothingOverdue,
  poisonIsHeld,
  processKnowsTheRow,
  processWhereScheduled,
} from './whereabouts.ts';
import { everyFaultStruck } from './struck.ts';
import { fetchesCounted } from './tracked.ts';
import { deploySurvived, tasksFailByPlan, wedgedWasSeen } from './versions.ts';

/** In the order of the report. */
export const INVARIANTS: readonly Invariant[] = [
  noMessageTwice,
  sendsFitTheSink,
  noClaimLeft,
  missingExplained,
  noEventLost,
  fetchesCounted,
  submissionsOnce,
  commandsStand,
  oneVerdict,
  onlyHonestAnswers,
  nothingDiesByItself,
  scoreFromEvents,
  ledgerIsAChain,
  oneOwner,
  everyLeadThere,
  heldForCause,
  nothingOverdue,
  processWhereScheduled,
  processKnowsTheRow,
  poisonIsHeld,
  tasksFailByPlan,
  wedgedWasSeen,
  deploySurvived,
  everyFaultStruck,
];
