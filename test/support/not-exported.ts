/**
 * Tables of a lead that an export leaves out: an answer that is kept for 24 hours, known by a hash of its request, and the words by which a
 * lead is found, which stand in its profile, and answers of reports, which count leads and name none.
 */
export const NOT_EXPORTED = ['idempotency_keys', 'lead_search', 'report_answers'];
