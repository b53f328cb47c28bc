// The control endpoint, plain HTTP: faults, pause and resume, down and up, statistics, and the certificate to trust.
import { readFault } from "./faults.ts";
import type { Listener } from "./listener.ts";
import type { ServerContext } from "./server_context.ts";

/** Answers one control request; what is wrong with it is said in the body. */
export async function answerControl(
  request: Request,
  listener: Listener,
  server: ServerContext,
): Promise<Response> {
  const route = `${request.method} ${new URL(request.url).pathname}`;
  switch (route) {
    case "POST /faults":
      return await addFault(request, server);
    case "DELETE /faults":
      server.faults.clear();
      return done();
    case "POST /pause":
      listener.pause();
      return done();
    case "POST /resume":
      listener.resume();
      return done();
    case "POST /down":
      await listener.down();
      return done();
    case "POST /up":
      listener.up(server);
      return done();
    case "GET /certificate":
      return new Response(server.tls.certificate, { headers: { "content-type": "application/x-pem-file" } });
    case "GET /stats":
      return Response.json(server.stats.snapshot());
    default:
      return Response.json({ error: `${route} is not known` }, { status: 404 });
  }
}

async function addFault(request: Request, server: ServerContext): Promise<Response> {
  try {
    server.faults.add(readFault(await request.json()));
    return done();
  } catch (error) {
    return Response.json({ error: error instanceof Error ? error.message : String(error) }, { status: 400 });
  }
}

function done(): Response {
  return Response.json({ ok: true });
}
