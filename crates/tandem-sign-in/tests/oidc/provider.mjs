// A real OpenID provider (certified) for the tests: prints its address as one line of JSON, serves until its standard input ends.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

// Standard output carries the address and nothing else.
console.info = console.log = console.warn = console.error;

const groups = {
  anna: ['staff', 'security-operations'],
  bert: ['staff', 'corporate-security'],
  clara: ['staff'],
};

const jwk = (kid, kind, options, more) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), kid, use: 'sig', ...more,
});

const client = (client_id, alg, more) => ({
  client_id,
  client_secret: 'a secret: 100% & more',
  redirect_uris: ['http://127.0.0.1:9/sign-in/oidc/callback'],
  post_logout_redirect_uris: ['http://127.0.0.1:9/signed-out'],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  id_token_signed_response_alg: alg,
  ...more,
});

const configuration = {
  clients: [
    client('rs', 'RS256', {}),
    client('ps', 'PS256', { token_endpoint_auth_method: 'client_secret_post' }),
    client('es', 'ES256', {}),
    client('ed', 'EdDSA', {}),
    client('public', 'RS256', { token_endpoint_auth_method: 'none', client_secret: undefined }),
  ],
  jwks: {
    keys: [
      jwk('rsa', 'rsa', { modulusLength: 2048 }, {}),
      jwk('p256', 'ec', { namedCurve: 'P-256' }, {}),
      jwk('ed', 'ed25519', {}, { alg: 'EdDSA' }),
    ],
  },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
  claims: { openid: ['sub', 'auth_time'], profile: ['preferred_username'], groups: ['groups'] },
  // With `thin`, the identity token holds no groups: they come from the user-info address.
  conformIdTokenClaims: process.argv[2] === 'thin',
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  cookies: { keys: ['for tests only'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, groups: groups[id] }),
  }),
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration).callback());
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
