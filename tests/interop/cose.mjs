// node cose.mjs PUBLIC-KEY.pem HEX: both libraries must accept the COSE_Sign1,
// and refuse it with one bit changed.  Run where node_modules is.
import { createPublicKey, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

globalThis.crypto ??= webcrypto;
const require = createRequire(process.cwd() + "/");
const key = createPublicKey(readFileSync(process.argv[2]));
const good = Buffer.from(process.argv[3], "hex");
const bad = Buffer.from(good);
bad[bad.length - 1] ^= 1;

const cose = require("cose-js");
const jwk = key.export({ format: "jwk" });
const point = {
  x: Buffer.from(jwk.x, "base64url"),
  y: Buffer.from(jwk.y, "base64url"),
};
const auth0 = await import(
  pathToFileURL(require.resolve("@auth0/cose")).href
);

const libraries = {
  "cose-js": (data) => cose.sign.verify(data, { key: point }),
  "@auth0/cose": (data) => auth0.Sign1.decode(data).verify(key),
};
let failed = 0;
for (const [name, verify] of Object.entries(libraries)) {
  const accepts = async (data) => {
    try {
      await verify(data);
      return true;
    } catch {
      return false;
    }
  };
  const fine = (await accepts(good)) && !(await accepts(bad));
  console.log(`${fine ? "ok" : "not ok"} ${name}`);
  failed += !fine;
}
process.exit(failed ? 1 : 0);
