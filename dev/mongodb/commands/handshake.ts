// Commands about the server itself: the handshake of a driver, what mongosh asks before it shows a prompt,
// and sessions, which are accepted and mean nothing here.

import { CommandFailure } from "../errors.ts";
import { messageBytesMax } from "../frame.ts";
import { type Doc, documentBytesMax } from "../values.ts";
import type { Context, Handlers } from "./context.ts";

/** What the stand-in behaves as; 21 is the wire version of server 7.0. */
const version = "7.0.0";
const wireVersionMax = 21;
/** The most writes in one command. */
export const writeBatchMax = 100_000;

export const handshakeCommands: Handlers = {
  hello: (context) => ({ isWritablePrimary: true, ...hello(context) }),
  isMaster: (context) => ({ ismaster: true, ...hello(context) }),
  ismaster: (context) => ({ ismaster: true, ...hello(context) }),
  ping: nothing,
  buildInfo,
  buildinfo: buildInfo,
  hostInfo: () => ({ system: { currentTime: new Date(), hostname: "stand-in" }, os: {}, extra: {} }),
  getCmdLineOpts: () => ({ argv: ["mongodb-stand-in"], parsed: {} }),
  getLog: ({ args }) =>
    args.text("getLog") === "*" ? { names: ["startupWarnings"] } : { totalLinesWritten: 0, log: [] },
  getParameter: () => ({ featureCompatibilityVersion: { version: "7.0" } }),
  connectionStatus: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
  whatsmyuri: ({ connectionId }) => ({ you: `127.0.0.1:${connectionId}` }),
  serverStatus,
  startSession: () => ({ id: { id: crypto.randomUUID() }, timeoutMinutes: sessionMinutes }),
  refreshSessions: nothing,
  endSessions: nothing,
  killSessions: nothing,
  saslStart: refuseLogin,
  saslContinue: refuseLogin,
  authenticate: refuseLogin,
  logout: nothing,
};

const sessionMinutes = 30;

/** Without `topologyVersion`, so that drivers poll instead of waiting for a change that never comes. */
function hello({ connectionId }: Context): Doc {
  return {
    helloOk: true,
    maxBsonObjectSize: documentBytesMax,
    maxMessageSizeBytes: messageBytesMax,
    maxWriteBatchSize: writeBatchMax,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: sessionMinutes,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: wireVersionMax,
    readOnly: false,
  };
}

function buildInfo(): Doc {
  return {
    version,
    versionArray: [...version.split(".").map(Number), 0],
    gitVersion: "stand-in",
    modules: [],
    allocator: "none",
    javascriptEngine: "none",
    sysInfo: "Hermes MongoDB stand-in: for development and tests only",
    openssl: {},
    buildEnvironment: {},
    bits: 64,
    debug: false,
    maxBsonObjectSize: documentBytesMax,
    storageEngines: ["memory"],
  };
}

function serverStatus({ connections, startedAtMs, store }: Context): Doc {
  return {
    host: "stand-in",
    version,
    process: "mongodb-stand-in",
    uptime: Math.floor((Date.now() - startedAtMs) / 1000),
    localTime: new Date(),
    connections: { current: connections.current, totalCreated: connections.total },
    metrics: { cursor: { open: { total: store.cursors.count } } },
  };
}

function nothing(): Doc {
  return {};
}

function refuseLogin(): never {
  throw new CommandFailure(
    18,
    "authentication is not supported by the stand-in: remove the user from the address",
  );
}
