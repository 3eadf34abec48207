// What the reference implementation thinks of our document, our public keys and our signature.
const { oauthClientMetadataSchema } = require("@atproto/oauth-types");
const { jwksPubSchema } = require("@atproto/jwk");
const { jwtVerify, importJWK } = require("jose");

const { document, keys, credentials, issuer } = JSON.parse(require("fs").readFileSync(0, "utf-8"));
(async () => {
  const read = oauthClientMetadataSchema.parse(document);
  const { keys: [first] } = jwksPubSchema.parse(keys);
  const { protectedHeader } = await jwtVerify(credentials.client_assertion, await importJWK(first), {
    issuer: document.client_id, subject: document.client_id, audience: issuer, maxTokenAge: 60,
    requiredClaims: ["jti", "aud", "iat", "exp"],
  });
  console.log(JSON.stringify({ read, kid: first.kid, signed: protectedHeader.kid }));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
