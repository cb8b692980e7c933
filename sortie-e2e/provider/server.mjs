// A real identity provider for the tests: oidc-provider on a port of its own, in memory, with a form that takes any name.
//
//   PORT=… REDIRECT=… LOGOUT=… node server.mjs
//
// POST /test/groups {"sub": …, "groups": […]} says in which groups somebody is from now on.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

import { Provider } from "oidc-provider";

const { PORT, REDIRECT, LOGOUT } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;
const groups = new Map();

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "sortie",
      client_secret: "the client's secret, with a % and a :",
      redirect_uris: [REDIRECT],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      backchannel_logout_uri: LOGOUT,
      backchannel_logout_session_required: true,
    },
  ],
  scopes: ["openid", "profile", "email", "groups"],
  claims: {
    openid: ["sub"],
    profile: ["name", "preferred_username"],
    email: ["email", "email_verified"],
    groups: ["groups"],
  },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
  pkce: { required: () => true },
  // Its own fetch refuses addresses of this machine, where the Sortie of a test is.
  fetch: (url, { dispatcher: _, ...options }) => globalThis.fetch(url, options),
  findAccount: async (_ctx, sub) => ({
    accountId: sub,
    claims: async () => ({
      sub,
      name: `Name of ${sub}`,
      preferred_username: sub,
      email: `${sub}@corp.example`,
      email_verified: true,
      groups: groups.get(sub) ?? [],
    }),
  }),
  // Nobody is asked whether Sortie may know them.
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid profile email groups");
    await grant.save();
    return grant;
  },
});

for (const event of ["server_error", "authorization.error", "grant.error", "backchannel.error"]) {
  provider.on(event, (...what) => console.error(event, what.find((it) => it instanceof Error)));
}

const answer = provider.callback();
const server = createServer(async (request, response) => {
  if (request.url !== "/test/groups") {
    answer(request, response);
    return;
  }
  const said = await json(request);
  groups.set(said.sub, said.groups);
  response.writeHead(204).end();
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`listening as ${issuer}`));
