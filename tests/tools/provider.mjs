// A real OpenID provider for a story, and a browser that signs people in there: node provider.mjs FOLDER_OF_NODE_MODULES
//
// Says where both listen. GET BROWSER/sign-in?login=NAME answers the ID token of somebody who has just signed in through
// the front end, by the authorization code flow with PKCE.
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const library = path.resolve(process.argv[2], 'oidc-provider/lib/index.js');
const { default: Provider } = await import(pathToFileURL(library).href);

const CALLBACK = 'https://front-end.example/callback';
const CLIENT = { client_id: 'front-end', client_secret: 'known-to-the-front-end' };

/** Listens on a free port of this machine. */
function listen(server) {
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
}

const server = createServer((request, response) => callback(request, response));
let callback;
const issuer = `http://127.0.0.1:${await listen(server)}`;
const provider = new Provider(issuer, {
  clients: [{
    ...CLIENT,
    redirect_uris: [CALLBACK],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  cookies: { keys: [randomBytes(16).toString('hex')] },
});
callback = provider.callback();

/** Follows redirects with cookies until `until`; answers where it came to. */
async function browse(cookies, url, form, until) {
  for (let hop = 0; hop < 20; hop += 1) {
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      redirect: 'manual',
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0].split('=');
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (!next) {
      if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
      return url;
    }
    [url, form] = [new URL(next, url).href, undefined];
    if (url.startsWith(until)) return url;
  }
  throw new Error('sent round in a circle');
}

async function signIn(login) {
  const verifier = randomBytes(32).toString('base64url');
  const start = new URL('/auth', issuer);
  start.search = new URLSearchParams({
    client_id: CLIENT.client_id,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid',
    nonce: randomBytes(8).toString('hex'),
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const cookies = new Map();
  let at = await browse(cookies, start.href, undefined, CALLBACK);
  for (const form of [{ prompt: 'login', login, password: 'not kept' }, { prompt: 'consent' }]) {
    if (!at.startsWith(CALLBACK)) at = await browse(cookies, at, form, CALLBACK);
  }
  const answer = await fetch(new URL('/token', issuer), {
    method: 'POST',
    body: new URLSearchParams({
      ...CLIENT,
      grant_type: 'authorization_code',
      code: new URL(at).searchParams.get('code'),
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    }),
  });
  return (await answer.json()).id_token;
}

const browser = createServer(async (request, response) => {
  try {
    const login = new URL(request.url, issuer).searchParams.get('login');
    response.end(JSON.stringify({ id_token: await signIn(login) }));
  } catch (error) {
    response.statusCode = 500;
    response.end(JSON.stringify(String(error)));
  }
});
const port = await listen(browser);
console.log(`provider ${issuer} browser http://127.0.0.1:${port}`);
