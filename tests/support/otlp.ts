// A small OTLP/HTTP collector for a test: takes what Deno exports with OTEL_EXPORTER_OTLP_PROTOCOL=http/json, and keeps the spans.
import { z } from "zod";

const valueSchema = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ intValue: z.union([z.string(), z.number()]) }).transform(({ intValue }) => Number(intValue)),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
]);

const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string(),
  name: z.string(),
  startTimeUnixNano: z.coerce.number(),
  endTimeUnixNano: z.coerce.number(),
  attributes: z.array(z.object({ key: z.string(), value: valueSchema }))
    .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value]))),
  status: z.object({ code: z.number() }),
});

const requestSchema = z.object({
  resourceSpans: z.array(z.object({
    scopeSpans: z.array(z.object({ scope: z.object({ name: z.string() }), spans: z.array(z.unknown()) })),
  })),
});

/** One span as it was exported. */
export type OtlpSpan = z.infer<typeof spanSchema>;

export class OtlpCollector implements AsyncDisposable {
  /** The spans of Hermes; Deno's own of fetch and serve are left out. */
  readonly spans: OtlpSpan[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#take(request),
    );
  }

  /** What a process is started with so that it exports to this collector. */
  get env(): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_BSP_SCHEDULE_DELAY: "200",
    };
  }

  /** The spans of each trace, in the order of their beginning. */
  traces(): Map<string, OtlpSpan[]> {
    const sorted = this.spans.toSorted((a, b) => a.startTimeUnixNano - b.startTimeUnixNano);
    return Map.groupBy(sorted, ({ traceId }) => traceId);
  }

  /** The trace that has the document of this code; empty when there is none yet. */
  traceOf(code: string): OtlpSpan[] {
    return [...this.traces().values()].find((spans) =>
      spans.some(({ attributes }) => attributes["hermes.code"] === code)
    ) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    const body: unknown = await request.json();
    if (new URL(request.url).pathname !== "/v1/traces") return Response.json({});
    for (const { scopeSpans } of requestSchema.parse(body).resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        if (scope.name === "hermes") this.spans.push(...spans.map((span) => spanSchema.parse(span)));
      }
    }
    return Response.json({});
  }
}
