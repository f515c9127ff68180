import { isOnlyForNow, judge, type ServerWords } from './judge.ts';

/**
 * Whether a mail server refuses whatever we send for now: a block list, our reputation, our host or network, authentication, a policy, too
 * much at once. What is about one message, one mailing list or one pair of addresses (greylisting) is not: another mail may pass.
 */
export function refusesUs(said: ServerWords): boolean {
  if (judge(said) !== 'sender') return false;
  const { text, beside, status } = said;
  return byWords(text) ?? byWords(beside) ?? (isStatusOfUs(status ?? '') && !(isVague(status) && isOnlyForNow(said)));
}

function isStatusOfUs(status: string): boolean {
  return /^[45]\.7\.(?:[01]$|\d\d)/.test(status);
}

function isVague(status: string | null): boolean {
  return status === '4.7.0' || status === '4.7.1';
}

function byWords(text: string): boolean | null {
  if (OF_ONE_MAIL.test(text)) return false;
  return OF_US.test(text) ? true : null;
}

const anyOf = (...alternatives: RegExp[]): RegExp =>
  new RegExp(alternatives.map(({ source }) => `(?:${source})`).join('|'), 'i');

const OF_ONE_MAIL = anyOf(
  /gr[ae]y-?list/,
  /virus|malware|phish|infected|executable|attachment/,
  /message contains|its content|(?:message )?content (?:was |is |has been )?(?:reject|denied|filter)|duplicate header|invalid header|rfc[ -]?\d+|multiple addresses in from|line (?:too long|length)|mime (?:error|violation)/,
  /too (?:big|large)|exceeds? (?:the )?(?:maximum|size|limit|system)/,
  /not a member|members? only|moderat|permi\w+ to post|allowed to post|posting|groups\.google\.com|closed list|restricted list/,
  /challenge|verify (?:your|that you)|confirm (?:your|that you)/,
);

const OF_US = anyOf(
  /(?:black|block|deny|reject)[ -]?list/,
  /\b(?:dns|rb|uri|sur)bl\b|spamhaus|barracuda|spamcop|senderscore|proofpoint|sorbs/,
  /\bspam(?:my|ming|mer)?\b|unsolicited|\bube\b|\buce\b|junk mail|bulk ?mail|complaints/,
  /\b(?:ip|host|server|client|network|connection|domain)\b[^.]{0,60}\b(?:banned|denied|not allowed|not accepted)/,
  /\bblocked\b|banned sending|ip for sending|(?:temporarily|permanently) deferred|reputation|try again later, closing connection/,
  /\bspf\b|\bdkim\b|dmarc|unauthenticated|not authenticated|sender verify|not authori[sz]ed/,
  /reverse (?:dns|lookup)|\bptr\b|\brdns\b|\bhelo\b|find your (?:hostname|reverse)/,
  /relay(?:ing)? (?:access )?(?:denied|not|prohibited)|(?:no|not|cannot|unable to|denied|do not) relay/,
  /polic(?:y|ies)|access denied|security reason/,
  /too many (?:connection|message|mail|session|concurrent|error|recipient)|rate limit|throttl|(?:hourly|daily|sending|message) limit|sending quota|slow down|exceeded (?:the )?max(?:imum)? (?:number|emails)/,
);
