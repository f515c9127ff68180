/** Why a mail server cannot be reached by TLS, in plain words, and what to do about it. */
export interface TlsFailure {
  says: string;
  mend: string;
}

const SERVER = 'The mail server of SMTP_URL';

export const NO_STARTTLS: TlsFailure = {
  says: `${SERVER} offers no STARTTLS: mails would go over the wire in plain text.`,
  mend: 'Switch STARTTLS on at the server, or take smtps:// with its port for TLS (465).',
};

/** By the words of OpenSSL, Node and Nodemailer, the first that fits. */
const KNOWN: readonly (readonly [RegExp, TlsFailure])[] = [
  [
    /self[- ]signed|DEPTH_ZERO/i,
    {
      says: `${SERVER} shows a certificate that it signed itself: nobody vouches for it.`,
      mend: 'Give the server a certificate of a public authority, or name the file of your own authority in NODE_EXTRA_CA_CERTS.',
    },
  ],
  [
    /unable to (?:verify|get)|UNABLE_TO_|issuer certificate/i,
    {
      says: `${SERVER} shows a certificate whose issuer is not known here, or sends it without those between it and its authority.`,
      mend: 'Have the server send its whole chain of certificates, or name the file of your own authority in NODE_EXTRA_CA_CERTS.',
    },
  ],
  [
    /certificate has expired|CERT_HAS_EXPIRED/i,
    {
      says: `${SERVER} shows a certificate that has expired.`,
      mend: 'Renew the certificate of the server. If it is new, look at the clock of this machine.',
    },
  ],
  [
    /not yet valid|CERT_NOT_YET_VALID/i,
    {
      says: `${SERVER} shows a certificate that is not valid yet.`,
      mend: 'Look at the clock of this machine, then at the certificate.',
    },
  ],
  [
    /altnames|ALTNAME_INVALID/i,
    {
      says: `${SERVER} shows a certificate for another name.`,
      mend: 'Write into SMTP_URL the name that the certificate is for, or get one for the name that stands there.',
    },
  ],
  [
    /wrong version number|packet length too long|record layer failure/i,
    {
      says: `${SERVER} does not begin with TLS at this port, as smtps:// wants.`,
      mend: 'Write smtp:// where the server begins plainly and offers STARTTLS (port 587 or 25), or smtps:// with the port for TLS (465).',
    },
  ],
  [/upgrading connection with STARTTLS|STARTTLS/i, NO_STARTTLS],
  [
    /unsupported protocol|alert protocol version|no protocols available|handshake failure|no shared cipher|too small/i,
    {
      says: `${SERVER} and the engine know no kind of TLS in common: the server’s is too old, or its keys are too short.`,
      mend: 'Have the server speak TLS 1.2 or later.',
    },
  ],
  [
    /ENOTFOUND|EAI_AGAIN|EDNS/,
    { says: 'The name in SMTP_URL is not found in DNS.', mend: 'Correct the name of the server in SMTP_URL.' },
  ],
  [
    /ECONNREFUSED/,
    {
      says: `${SERVER} takes no connection at this port.`,
      mend: 'Is the server running, and is the port in SMTP_URL the right one (587 with smtp://, 465 with smtps://)?',
    },
  ],
  [
    /EHOSTUNREACH|ENETUNREACH/,
    { says: `There is no way from here to ${SERVER.toLowerCase()}.`, mend: 'Look at the network and the firewall.' },
  ],
  [
    /ETIMEDOUT|timed? ?out|greeting never received/i,
    {
      says: `${SERVER} did not answer in time.`,
      mend: 'Is the port in SMTP_URL the right one, and does a firewall on the way let it through? A server for smtps:// (465) says nothing to smtp://.',
    },
  ],
  [
    /EAUTH|Invalid login|Missing credentials/i,
    {
      says: `${SERVER} speaks TLS, and does not take the name and password.`,
      mend: 'Correct the name and password in SMTP_URL; special characters are percent-encoded.',
    },
  ],
  [
    /ECONNRESET|socket hang up|unexpected(?:ly)? close|closed/i,
    {
      says: `${SERVER} ended the connection before TLS was agreed on.`,
      mend: 'Is the port in SMTP_URL the right one for it: smtps:// for 465, smtp:// for 587?',
    },
  ],
];

/** @param error What the attempt to open a session ended with */
export function tlsInWords(error: unknown): TlsFailure {
  const said = error instanceof Error ? `${codeOf(error)} ${error.message}` : String(error);
  const found = KNOWN.find(([pattern]) => pattern.test(said));
  if (found !== undefined) return found[1];
  return {
    says: `${SERVER} cannot be reached by TLS (${said.trim()}).`,
    mend: 'Take smtps://, or have the server offer STARTTLS with a certificate for its name.',
  };
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
