/** Keys and types of the search attributes of a lead's process. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const LEAD_STAGE = defineSearchAttributeKey('LeadStage', SearchAttributeType.KEYWORD);
/** active, paused or held. */
export const LEAD_STATE = defineSearchAttributeKey('LeadState', SearchAttributeType.KEYWORD);
export const LEAD_GRADE = defineSearchAttributeKey('LeadGrade', SearchAttributeType.KEYWORD);
export const LEAD_SCORE = defineSearchAttributeKey('LeadScore', SearchAttributeType.INT);
export const CADENCE = defineSearchAttributeKey('Cadence', SearchAttributeType.KEYWORD);
export const LEAD_OWNER = defineSearchAttributeKey('LeadOwner', SearchAttributeType.KEYWORD);
export const LEAD_SOURCE = defineSearchAttributeKey('LeadSource', SearchAttributeType.KEYWORD);
