// The control endpoint, HTTP on 127.0.0.1: sets faults, takes the server down and up, shows what it was asked.
//
// POST /faults {command?, error?: {code, codeName?, message}, times?, cutBefore?, cutAfter?, delayMs?}
// DELETE /faults · POST /down (drop and refuse connections) · POST /up · GET /stats

import { type Fault, faultSchema } from "./faults.ts";

/** What can be controlled. */
export interface Controlled {
  addFault(fault: Fault): void;
  clearFaults(): void;
  down(): void;
  up(): void;
  stats(): unknown;
}

/** Serves the endpoint on `port` (0: any free one). */
export function serveControl(port: number, controlled: Controlled): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port, onListen: () => {} };
  return Deno.serve(options, async (request) => {
    try {
      return await route(request, controlled);
    } catch (error) {
      return Response.json({ error: error instanceof Error ? error.message : String(error) }, {
        status: 400,
      });
    }
  });
}

async function route(request: Request, controlled: Controlled): Promise<Response> {
  const { pathname } = new URL(request.url);
  switch (`${request.method} ${pathname}`) {
    case "POST /faults":
      controlled.addFault(faultSchema.parse(await request.json()));
      break;
    case "DELETE /faults":
      controlled.clearFaults();
      break;
    case "POST /down":
      controlled.down();
      break;
    case "POST /up":
      controlled.up();
      break;
    case "GET /stats":
      return Response.json(controlled.stats());
    default:
      return Response.json({ error: `${request.method} ${pathname} is not known` }, { status: 404 });
  }
  return Response.json({ done: true });
}
