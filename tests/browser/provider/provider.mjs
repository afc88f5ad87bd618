// A provider of OpenID Connect for one test: whoever writes a name into its page is that person, at example.com.
import Provider from "oidc-provider";

const [port, site] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "feedback",
      client_secret: "a-secret-of-the-client",
      redirect_uris: [`${site}/staff/sign-in/provider/1/back`],
      post_logout_redirect_uris: [`${site}/staff/sign-in`],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: `number-of-${id}`, email: `${id}@example.com`, email_verified: true }),
  }),
});
provider.listen(port, "127.0.0.1");
