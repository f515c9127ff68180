import {
  commandsStand,
  noEventLost,
  nothingDiesByItself,
  onlyHonestAnswers,
  oneVerdict,
  submissionsOnce,
} from './answered.ts';
import { allAnswered, becameQuiet } from './at-rest.ts';
import { missingExplained, noClaimLeft, sendsFitTheSink } from './explained.ts';
import { broadcastsGoOn, nobodyLeftOut, trialsDecided } from './broadcasts.ts';
import { alertsToldOnce, handOffsTold } from './hand-offs-told.ts';
import { hooksDelivered, hooksKnownAgain } from './hooks.ts';
import type { Invariant } from './invariant.ts';
import { movedOnce, runsEnd, tasksTold } from './moved.ts';
import { noMessageTwice } from './once.ts';
import { oneOwner } from './owners.ts';
import { ledgerAddsUp, ledgerIsAChain, scoreFromEvents } from './score.ts';
import {
  everyLeadThere,
  heldForCause,
  nothingOverdue,
  poisonIsHeld,
  processKnowsTheRow,
  processWhereScheduled,
} from './whereabouts.ts';
import { everyFaultStruck } from './struck.ts';
import { awayGetsNothing, gatheredToldOnce, handedOverOnce } from './team.ts';
import { fetchesCounted } from './tracked.ts';
import { noMailAfterNo } from './unsubscribed.ts';
import { deploySurvived, tasksFailByPlan, wedgedWasSeen } from './versions.ts';

/** In the order of the report. */
export const INVARIANTS: readonly Invariant[] = [
  allAnswered,
  becameQuiet,
  noMessageTwice,
  sendsFitTheSink,
  hooksDelivered,
  hooksKnownAgain,
  handOffsTold,
  alertsToldOnce,
  noClaimLeft,
  missingExplained,
  tasksTold,
  movedOnce,
  runsEnd,
  nobodyLeftOut,
  broadcastsGoOn,
  trialsDecided,
  noEventLost,
  fetchesCounted,
  submissionsOnce,
  commandsStand,
  noMailAfterNo,
  oneVerdict,
  onlyHonestAnswers,
  nothingDiesByItself,
  scoreFromEvents,
  ledgerIsAChain,
  ledgerAddsUp,
  oneOwner,
  awayGetsNothing,
  handedOverOnce,
  gatheredToldOnce,
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
