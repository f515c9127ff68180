/**
 * What a mail server means when it does not take a mail. The words come first, because many servers send a status that says
 * something else; the status (RFC 3463) decides when no words are known.
 */

/** Meaning of each: docs/email.md, "Bounces". */
export type BounceVerdict = 'hard' | 'soft' | 'sender' | 'delivered' | 'unclear';

/** The command that the server answered. Null: not known. */
export type SmtpPhase = 'connect' | 'mail-from' | 'rcpt-to' | 'data';

export interface ServerWords {
  /** The answer. */
  text: string;
  /** What else the notice says of it. It decides where the answer says nothing that is known. */
  beside: string;
  /** RFC 3463, e.g. 5.1.1. Null: there is none. */
  status: string | null;
  phase: SmtpPhase | null;
  /** True: a remote server said so, with a reply code. False: the reporting server found out by itself. */
  isRemote: boolean;
}

type Meaning = BounceVerdict | 'unknown-user' | 'for-now';

const words = (...alternatives: RegExp[]): RegExp =>
  new RegExp(alternatives.map(({ source }) => `(?:${source})`).join('|'), 'i');

const FULL = words(
  /mail ?box (?:is |was )?(?:currently )?full/,
  /full mail ?box/,
  /(?:over|exceed\w*)[ -]?(?:the |its |their |his |your )?(?:\w+ )?quota/,
  /(?<!sending )quota (?:is |was |has been )?(?:exceed|full|over|violat)/,
  /out of (?:disk |storage )?(?:space|quota)/,
  /(?:not enough|insufficient|no more|no) (?:disk |system |free )?(?:space|storage)/,
  /mail ?box (?:has )?(?:exceed|is over|too large|size)/,
  /exceeds? (?:allowed|the maximum|its|their|storage)[^.]{0,20}(?:size|limit|quota|space)/,
  /inbox (?:is )?full/,
  /mail ?folder is full/,
  /account is over/,
  /too many messages (?:in|on) (?:this|the|your)? ?(?:mail)?box/,
  /boîte (?:aux lettres |de réception )?(?:est )?pleine/,
  /postfach (?:ist )?voll/,
  /buz[oó]n (?:est[aá] )?lleno/,
  /(?:メールボックス|メールの保存容量|容量)[^。]{0,12}(?:一杯|いっぱい|オーバー|超過|満杯)/,
);

/** In this order: the first that fits. */
const RULES: readonly (readonly [Meaning, RegExp])[] = [
  ['soft', FULL],
  [
    'sender',
    words(
      /(?:black|block|deny|reject)[ -]?list/,
      /\b(?:dns|rb|uri|sur)bl\b|spamhaus|barracuda|spamcop|senderscore|proofpoint|sorbs/,
      /\bspam(?:my|ming|mer)?\b|unsolicited|\bube\b|\buce\b|junk mail|bulk ?mail/,
      /\b(?:ip|address|host|server|client|network|connection|domain)\b[^.]{0,60}\b(?:blocked|banned|denied|not allowed|blacklisted|not accepted|refused by policy)/,
      /banned sending|\bblocked\b(?! due to inactivity)|blocked using|temporarily deferred due to|permanently deferred/,
      /\bspf\b|\bdkim\b|dmarc|unauthenticated|not authenticated|authentication (?:required|information|fail|credentials)|sender verify|purported responsible|not authori[sz]ed|not permitted to send|from address.{0,30}not (?:allowed|valid)/,
      /reverse (?:dns|lookup|address)|\bptr\b|\brdns\b|\bhelo\b.{0,40}(?:invalid|reject|resolv)|cannot find your (?:hostname|reverse)|invalid ip for sending/,
      /relay(?:ing)? (?:access )?(?:denied|not|prohibited|disabled)|(?:no|not|cannot|unable to|denied|we do not) relay|not (?:a )?gateway|(?:isn't|not) in my list of allowed rcpthosts|open relay/,
      /polic(?:y|ies)|security (?:issue|reason|policy)|local policy/,
      /virus|malware|phish|infected|dangerous|executable|attachment (?:type|not|is)/,
      /content (?:was |is |has been )?(?:reject|block|not|denied|filter)|message (?:content|was) (?:reject|blocked)|message contains|header.{0,30}(?:too large|duplicate|improper|missing|invalid)|duplicate header|8-?bit data|invalid header|(?:not|non)[ -]?rfc|rfc[ -]?\d+ (?:complian|violat|error)|violat\w* (?:of )?rfc|multiple addresses in from|line (?:too long|length)|mime (?:error|violation)/,
      /(?:message|mail|size|data)\b.{0,25}(?:too (?:big|large)|exceeds? (?:the )?(?:maximum|size|limit|system))|too (?:big|large) for/,
      /too many (?:connection|recipient|message|mail|session|concurrent|error|spam)|rate limit|throttl|(?:hourly|daily|sending|message) limit|sending quota|exceeded (?:the )?max(?:imum)? (?:number|emails)|slow down|reputation|graylist|greylist|grey-list/,
      /not a member|not a registered \w+ user|members? only|(?:may not|don't|do not|not) (?:have )?(?:permission|allowed) to (?:post|send)|moderat|posting.{0,20}(?:not allowed|restricted)|groups\.google\.com|closed list|restricted list/,
      /sender (?:address )?(?:was |is |has been )?(?:reject|denied|refused|invalid|unknown|not)|(?:bad|invalid|unknown|unrouteable|malformed|illegal) (?:sender|return|from|reverse)|envelope sender|senders? not|domain of sender|mail from \S+ (?:was )?(?:reject|denied|refus)|access denied|you are not (?:allowed|authorized)|without a valid sender|sender domain|sender id|badly formed (?:from|sender)|<>.{0,30}(?:reject|not accept)|null sender/,
      /challenge|verify (?:your|that you)|confirm (?:your|that you)|whitelist/,
      /tls (?:is )?required|starttls|encryption (?:required|needed)/,
    ),
  ],
  [
    'soft',
    words(
      /(?:account|mailbox|user|recipient|address|e-?mail)\b[^.\n]{0,60}\b(?:disabled|suspended|locked|frozen|inactive|deactivated|discontinued|blocked due to inactivity|not active|unavailable for|on hold due|expired|barred)\b/,
      /\b(?:disabled|suspended|inactive|locked|deactivated) (?:recipient|account|user|mailbox|address)/,
      // Yahoo's notices say it of accounts that do not take mail for now, too; its servers say it after ‘delivery error’.
      /(?<!delivery error: dd this user )doesn't have an? \S+ account/,
      /message length exceeds administrative|exceeds fixed maximum/,
    ),
  ],
  [
    'for-now',
    words(
      /malformed or unexpected name server|name server (?:timeout|reply|fail)|host not found, try again|temporary (?:lookup|dns|name)|dns (?:lookup )?(?:timeout|temporary|server failure)/,
      /timed? ?out|retry time(?:out)? (?:not|exceeded)|all hosts.{0,30}failing|(?:could|can) ?not be delivered for|not yet been delivered|has been delayed|delivery (?:is |was |has been )?delay|will be retried|still (?:being )?(?:retr|try)|giving up after|(?:multiple|many) (?:retries|attempts)|failed \d+ attempts|i'm not going to try again|expired|too long in (?:the )?queue|aborted after|queue(?:d)? too long|(?:connection|connect).{0,60}(?:refused|lost|reset|timed|closed|dropped|unexpectedly)|lost connection|did not accept our requests|unable to connect|cannot connect|could not connect|network (?:error|is unreachable)|no route to host|resources temporarily|try (?:again )?later|temporarily (?:unavailable|unable|rejected|deferred)|out of memory/,
      /hop count|too many hops|mail loop|loops? back|maximum allowed times|too many received|mail forwarding loop/,
      /malformed address|improper sequence|bad sequence|command parameter not implemented|command not (?:implemented|recognized)|syntax error in (?:command|parameters)|(?:internal|local) (?:system |server |configuration )?error|mailer error|system error|system config|duplicated? message-id|i\/o error|file system|command died|error (?:writing|in processing)|pipe to|vacation program|procmail|service currently unavailable|other mail system problem(?! 550)/,
    ),
  ],
  [
    'hard',
    words(
      /(?:no such|unknown|invalid|illegal|bad|nonexistent|unrouteable|unroutable) (?:mail |destination |recipient |e-?mail )?(?:domain|host|destination system|system address)/,
      /(?:domain|host(?:name)?)\b[^.\n]{0,40}\b(?:does not exist|doesn't exist|not found|is not reachable|unknown|invalid|has no (?:mx|mail)|not exist)/,
      /illegal host\/domain|no (?:valid )?mx\b|no mx record|find (?:any host|a mail exchanger)|null ?mx|name service error|unrouteable (?:mail )?(?:address|domain)|host (?:name )?lookup fail|not accepting (?:network )?(?:messages|mail)|does not accept (?:any )?(?:e-?)?mail|bad destination system|no route found to domain/,
      /(?:mailbox|recipient|user|address)\b[^.\n]{0,30}\b(?:has )?moved\b|no longer (?:on server|at|here|valid|exists|available|with|works)|no forwarding address|has left|address (?:has )?changed/,
    ),
  ],
  [
    'unknown-user',
    words(
      /(?:user|account|mailbox|recipient|address|addressee|person|alias|customer|subscriber|userid)s?\b[^\n]{0,60}\b(?:unknown|not found|not exist|does ?n[o']t exist|doesn't exist|not known|invalid|not valid|cannot be found|couldn't be found|could not be found|not recogni[sz]ed|not listed|unavailable|not available|nonexistent|non-existent|not local|not our customer|not have an? (?:account|mailbox))\b/,
      /\b(?:unknown|no such|invalid|nonexistent|non-existent|bad|no valid|undeliverable|illegal|incorrect)(?: (?:or \w+|final|local|delivery|destination|rcpt|virtual|email|e-mail|mail|internal|vdomain))* ?(?:user(?:id|name)?|account|mail ?box|recipients?|address(?:ee)?|person|local[- ]part|alias|subscriber)/,
      /no mail ?box (?:here )?(?:by|with) th|delivery error: dd this user doesn't have|no (?:user|account|mailbox|one|body) (?:here |by |with |matching )|not a (?:known|valid) (?:user|mailbox|recipient|address|local)|is not a (?:valid|known|local)|recipientnotfound|user (?:is )?unknown|name & address book|delivery list|there is no (?:one|user|such)|no such (?:person|address|name|contact)|bad destination mailbox/,
      /destinataire (?:inconnu|invalide)|adresse .{0,40}invalide|utilisateur inconnu|compte .{0,20}(?:inexistant|inconnu)/,
      /(?:unbekannter|kein) (?:empf[äa]nger|benutzer|nutzer)|empf[äa]nger (?:unbekannt|existiert nicht)|adresse? existiert nicht/,
      /(?:usuario|destinatario|cuenta|buz[oó]n) (?:desconocid|no existe|inexistente|sconosciut|inesistente)/,
      /(?:リストにありません|宛先[^。]{0,12}(?:見つか|存在し)|アドレス[^。]{0,8}(?:間違|存在し|見つかりません)|ユーザー?[^。]{0,8}(?:存在し|不明))/,
    ),
  ],
];

/**
 * The verdict on one recipient. A refusal before the recipient was named speaks of the sender. ‘User unknown’ is believed when the
 * server said it of the recipient: by a status of 5.1.x, in answer to RCPT TO, or by itself. After the content it may be a filter's
 * word, and is for now.
 */
export function judge(said: ServerWords): BounceVerdict {
  const { status, phase, text, beside } = said;
  if (status?.startsWith('2.') === true) return 'delivered';
  // The limit is the recipient's own (RFC 3463, X.2.3).
  if (status === '5.2.3') return 'soft';
  const meaning = FULL.test(beside) ? 'soft' : (meaningOf(text) ?? meaningOf(beside));
  if (phase === 'connect' || phase === 'mail-from') return FULL.test(text) ? 'soft' : 'sender';
  if (meaning === 'unknown-user') return isSaidOfRecipient(said) ? 'hard' : 'soft';
  // ‘Try again later’ says how long; that it is about us says the status.
  if (meaning === 'for-now') return isPolicyForNow(status) ? 'sender' : 'soft';
  return meaning ?? byStatus(status);
}

/** Whether a server says that the mailbox is full. */
export function isFull(text: string): boolean {
  return FULL.test(text);
}

/** Whether all that a server says is that it may take the mail later, with a status of policy: it may be a greylist that does not say so. */
export function isOnlyForNow({ text, beside, status }: ServerWords): boolean {
  return isPolicyForNow(status) && (meaningOf(text) ?? meaningOf(beside)) === 'for-now';
}

function isPolicyForNow(status: string | null): boolean {
  return status?.startsWith('4.7.') === true;
}

function meaningOf(text: string): Meaning | null {
  return RULES.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

function isSaidOfRecipient({ status, phase, isRemote, text, beside }: ServerWords): boolean {
  if (status !== null && /^[45]\.1\.(?![78]$)/.test(status)) return true;
  if (/\b5\.1\.1\b/.test(beside) || /^\d{3} delivery error: dd/.test(text)) return true;
  return phase === 'rcpt-to' || (phase === null && !isRemote);
}

/** RFC 3463; RFC 7505 for 5.1.10. */
function byStatus(status: string | null): BounceVerdict {
  if (status === null) return 'unclear';
  if (/^[45]\.(?:7\.|6\.|1\.[78]$|3\.4$|5\.3$)/.test(status)) return 'sender';
  if (/^5\.(?:1\.[1-69]\d*$|4\.4$|3\.2$)/.test(status)) return 'hard';
  if (/^[45]\.0\.0$/.test(status)) return 'unclear';
  return 'soft';
}
