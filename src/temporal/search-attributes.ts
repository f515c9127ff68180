/** The search attributes of a lead's process, by which operators filter. Temporal does not encrypt them: no personal data. */
import proto from '@temporalio/proto';

const { INDEXED_VALUE_TYPE_INT: INT, INDEXED_VALUE_TYPE_KEYWORD: KEYWORD } =
  proto.temporal.api.enums.v1.IndexedValueType;

export const SEARCH_ATTRIBUTES = {
  LeadStage: KEYWORD,
  /** active, paused or held. */
  LeadState: KEYWORD,
  LeadGrade: KEYWORD,
  /** As of the last wake, not as of now. */
  LeadScore: INT,
  Cadence: KEYWORD,
  /** The rep's key in routing.yaml. */
  LeadOwner: KEYWORD,
  LeadSource: KEYWORD,
} as const satisfies Record<string, proto.temporal.api.enums.v1.IndexedValueType>;
