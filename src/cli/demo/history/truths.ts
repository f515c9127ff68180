/** The truths that are planted in the history: docs/reports.md names them. */
export const TRUTHS = {
  /** Channel search brings so many times the leads of the trade fairs, of which sales accepts this share of theirs. */
  leadsOfSearch: 2,
  acceptanceOfSearch: 0.5,
  /** Arm b qualifies so many times the leads of arm a; the holdout, and the control group, so many. */
  armB: 1.2,
  withoutMails: 0.55,
  /** The share of the leads that marketing may write to and that are of the control group. */
  controlGroup: 0.08,
  /** The rep (by place) who answers slowest, and how many times slower. */
  slowRep: 2,
  slowness: 4,
  /** The shares of the accepted needs, and of the others, that qualified at once: by high intent sales accepts more. */
  highIntentOfAccepted: 0.6,
  highIntentOfOthers: 0.2,
  /** The shares of the accepted needs, and of the others, whose score is that of readers of guides, and not of who looks at prices. */
  readersOfAccepted: 0.2,
  readersOfOthers: 0.7,
  /** The share of the opportunities that is won, by grade. */
  won: { A: 0.6, B: 0.48, C: 0.36, D: 0.25 },
  /** The share of the opportunities that get a quote. */
  quoted: 0.8,
  /** The campaign of the webinar, and the share of those who registered for it that comes. */
  webinar: 'frost-webinar',
  attendance: 0.6,
  /** By the channel of the fairs sales accepts the largest share. */
  bestChannel: 'event',
} as const;
