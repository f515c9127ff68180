/** Signing in by OpenID Connect: the authorization code flow with PKCE, by `openid-client`. */
import { createHash } from 'node:crypto';
import * as client from 'openid-client';
import type { OpenId } from '../console/deps.ts';
import { OVER } from '../console/open-id.ts';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';

/** Seconds that the provider has for each answer. */
const TIMEOUT_S = 10;

/**
 * Asks the provider for its metadata when it is first needed, and again after a failure: the engine starts without it.
 *
 * @param publicUrl Without a slash at the end. The provider has to know `<publicUrl>/console/openid/callback`.
 */
export function createOpenId(settings: NonNullable<Config['openId']>, publicUrl: string): OpenId {
  const issuer = new URL(settings.issuer);
  const callback = `${publicUrl}/console/openid/callback`;
  let known: Promise<client.Configuration> | null = null;

  function provider(): Promise<client.Configuration> {
    const { clientId, clientSecret } = settings;
    const auth = settings.clientAuth === 'post' ? client.ClientSecretPost : client.ClientSecretBasic;
    const execute = [client.enableNonRepudiationChecks];
    // Only on this machine: the configuration asks for https anywhere else.
    if (issuer.protocol === 'http:') execute.push(client.allowInsecureRequests);
    known ??= client
      .discovery(issuer, clientId, undefined, auth(clientSecret), { timeout: TIMEOUT_S, execute })
      .catch((error: unknown) => {
        known = null;
        throw unavailable(error);
      });
    return known;
  }

  return {
    provider: issuer.host,
    async begin(token) {
      const { state, nonce, verifier } = secretsOf(token);
      return client.buildAuthorizationUrl(await provider(), {
        redirect_uri: callback,
        scope: 'openid email',
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
    },
    async finish(token, query) {
      const { state, nonce, verifier } = secretsOf(token);
      if (query.get('state') !== state) throw isOver();
      const config = await provider();
      const address = new URL(callback);
      address.search = query.toString();
      try {
        const checks = {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        };
        return verifiedAddressOf(await claimsOf(config, await client.authorizationCodeGrant(config, address, checks)));
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

/** What the provider says of the person: in the token, or where that has no address, by its user info. */
async function claimsOf(
  config: client.Configuration,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
): Promise<Readonly<Record<string, unknown>>> {
  const claims = tokens.claims();
  if (claims === undefined) throw isOver();
  if (claims['email'] !== undefined && claims['email_verified'] !== undefined) return claims;
  if (config.serverMetadata().userinfo_endpoint === undefined) return claims;
  return client.fetchUserInfo(config, tokens.access_token, claims.sub);
}

/** Some providers write the yes as a text. @throws AppError FORBIDDEN: anybody may enter an address at a provider that does not check it */
function verifiedAddressOf({ email, email_verified: verified }: Readonly<Record<string, unknown>>): string {
  if (typeof email === 'string' && (verified === true || verified === 'true')) return email;
  throw new AppError('FORBIDDEN', 'The provider does not say that your mail address was verified.');
}

/** Everything that must be the same when the browser comes back follows from its cookie, so that nothing is stored here. */
function secretsOf(token: string): { state: string; nonce: string; verifier: string } {
  const derived = (use: string) => createHash('sha256').update(`openid-${use}:${token}`).digest('base64url');
  return { state: derived('state'), nonce: derived('nonce'), verifier: derived('verifier') };
}

function refusalOf(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof client.AuthorizationResponseError)
    return new AppError('FORBIDDEN', 'The provider did not sign you in.');
  if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') return isOver();
  return unavailable(error);
}

function isOver(): AppError {
  return new AppError('FORBIDDEN', OVER);
}

/** Without its cause, which may have what the provider says of a person: the log gets the kind of the error alone. */
function unavailable(error: unknown): AppError {
  const kind = error instanceof Error ? error.name : 'unknown';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = error instanceof client.ResponseBodyError ? error.error : '';
  return new AppError('UNAVAILABLE', 'The provider cannot be reached, or does not answer as it should.', {
    details: { kind, code, said },
  });
}
