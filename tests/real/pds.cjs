// The reference server of the AT Protocol and the directory of its accounts, on this machine alone, empty at each start.
const { PDS, envToCfg, envToSecrets } = require("@atproto/pds");
const { PlcServer, Database } = require("@did-plc/server");
const crypto = require("crypto"), fs = require("fs"), http = require("http"), os = require("os"), path = require("path");

const port = Number(process.env.PDS_PORT), directory = Number(process.env.PLC_PORT);
const listen = http.Server.prototype.listen; // both would listen to the whole network
http.Server.prototype.listen = function (first, ...rest) {
  const named = typeof first !== "number" || typeof rest[0] === "string";
  return named ? listen.call(this, first, ...rest) : listen.call(this, first, "127.0.0.1", ...rest);
};

(async () => {
  const plc = PlcServer.create({ db: Database.mock(), port: directory });
  await plc.start();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pds-"));
  const settings = {
    port, hostname: "localhost", devMode: true, dataDirectory: folder, blobstoreDiskLocation: path.join(folder, "blobs"),
    didPlcUrl: `http://localhost:${directory}`, serviceHandleDomains: [".test"], inviteRequired: false,
    bskyAppViewUrl: "http://localhost:1", bskyAppViewDid: "did:web:localhost%3A1", // nobody is there
    adminPassword: "admin", jwtSecret: crypto.randomBytes(16).toString("hex"), disableSsrfProtection: true,
    rateLimitsEnabled: process.env.PDS_LIMITS === "1",
    plcRotationKeyK256PrivateKeyHex: crypto.randomBytes(32).toString("hex"), crawlers: [], logEnabled: false,
  };
  const pds = await PDS.create(envToCfg(settings), envToSecrets(settings));
  await pds.start();
  console.log("READY");
  process.on("SIGTERM", async () => {
    await pds.destroy();
    await plc.destroy();
    fs.rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
