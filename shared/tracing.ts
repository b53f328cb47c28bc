// Traces: one for each document, from the scan that found it to its settlement, across processes. The spans scan and enqueue are the
// scheduler's; the entry carries `traceparent`; deliver, call, write-back and settle are the worker's. Deno exports them itself
// (OTEL_DENO=true, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER …); without that nothing here is made or called.
import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import type { Outcome } from "./answers.ts";
import type { Claim, ComposedDocument, DocumentType } from "./document.ts";
import { describeError } from "./errors.ts";
import type { SeenDecision, TracedDocument } from "./observer.ts";
import type { Enqueued } from "./stream.ts";

/** `00-TRACE-SPAN-FLAGS`; later versions may add fields (W3C Trace Context, section 3.2). */
const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/;

/** The tracer that Deno has registered, or null when tracing is off. */
export function startTracing(role: string): Tracing | null {
  const tracer = trace.getTracer("hermes");
  // A span that never ends is never exported.
  return tracer.startSpan("hermes").isRecording() ? new Tracing(tracer, role) : null;
}

export class Tracing {
  readonly #tracer: Tracer;
  readonly #role: string;
  /** The delivery of each claim, for the steps that come after it. */
  readonly #deliveries = new WeakMap<Claim, Context>();

  /** `role` is the process's, as in its log. */
  constructor(tracer: Tracer, role: string) {
    this.#tracer = tracer;
    this.#role = role;
  }

  /** The spans scan and enqueue of documents; of those that were not enqueued nothing is told. */
  async enqueue(
    type: DocumentType,
    documents: ComposedDocument[],
    scanBeganMs: number,
    run: (documents: TracedDocument[]) => Promise<Enqueued[]>,
  ): Promise<Enqueued[]> {
    const nowMs = Date.now();
    const traced = documents.map((document) =>
      this.#scanned(type, document, Math.min(scanBeganMs, nowMs), nowMs)
    );
    const answers = await run(traced.map(({ document }) => document));
    traced.forEach(({ scan, enqueue }, index) => {
      const answer = answers[index];
      if (answer?.kind !== "added") return;
      scan.end(nowMs);
      enqueue.setAttribute("hermes.entry", answer.id).end();
    });
    return answers;
  }

  #scanned(type: DocumentType, document: ComposedDocument, beganMs: number, endedMs: number) {
    const attributes = this.#attributes({ type, code: document.code, shop: document.shop });
    const scan = this.#tracer.startSpan("scan", { startTime: beganMs, attributes }, ROOT_CONTEXT);
    const parent = trace.setSpan(ROOT_CONTEXT, scan);
    const options = { startTime: endedMs, attributes, kind: SpanKind.PRODUCER };
    const enqueue = this.#tracer.startSpan("enqueue", options, parent);
    return { scan, enqueue, document: { ...document, traceparent: traceparentOf(enqueue) } };
  }

  /** The span deliver; it goes on from the entry's `traceparent`, and begins a trace where there is none. */
  async deliver<D extends SeenDecision>(
    type: DocumentType,
    claim: Claim,
    run: () => Promise<D | null>,
  ): Promise<D | null> {
    const parent = parentOf(claim.entry.traceparent);
    if (parent === "unsampled") return await run();
    const { code, shop, id } = claim.entry;
    const attributes = this.#attributes({ type, code, shop, entry: id, delivery: claim.deliveries });
    const span = this.#tracer.startSpan("deliver", { kind: SpanKind.CONSUMER, attributes }, parent);
    const delivery = trace.setSpan(parent, span);
    this.#deliveries.set(claim, delivery);
    return await ended(span, () => context.with(delivery, run), (decision) => {
      span.setAttribute("hermes.decision", decision?.kind ?? "lost");
    });
  }

  /** The span call: one request to the partner. */
  async call(claim: Claim, method: string, run: () => Promise<Outcome>): Promise<Outcome> {
    const delivery = this.#deliveries.get(claim);
    if (!delivery) return await run();
    const attributes = this.#attributes({ method });
    const span = this.#tracer.startSpan("call", { kind: SpanKind.CLIENT, attributes }, delivery);
    // Not the partner's words: they may name a customer, and traces go further than the log.
    return await ended(span, run, (outcome) => {
      span.setAttribute("hermes.outcome", outcome.kind);
      if (outcome.kind !== "accepted") span.setStatus({ code: SpanStatusCode.ERROR });
    });
  }

  /** A step that documents take together: a span for each of them. */
  async together<T>(step: "write-back" | "settle", claims: Claim[], run: () => Promise<T>): Promise<T> {
    const spans = claims.flatMap((claim) => {
      const delivery = this.#deliveries.get(claim);
      const attributes = this.#attributes({ batch: claims.length });
      return delivery ? [this.#tracer.startSpan(step, { attributes }, delivery)] : [];
    });
    try {
      return await run();
    } finally {
      for (const span of spans) span.end();
    }
  }

  #attributes(of: Record<string, string | number>): Record<string, string | number> {
    const attributes: Record<string, string | number> = { "hermes.process": this.#role };
    for (const [name, value] of Object.entries(of)) attributes[`hermes.${name}`] = value;
    return attributes;
  }
}

/** Runs a step and ends its span, whatever comes of it. */
async function ended<T>(span: Span, run: () => Promise<T>, tell: (came: T) => void): Promise<T> {
  try {
    const came = await run();
    tell(came);
    return came;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: describeError(error).message });
    throw error;
  } finally {
    span.end();
  }
}

/** How an entry names the span that it comes from. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** Where a delivery's span hangs: a stranger may have written the entry, and what is not well-formed counts as nothing. */
function parentOf(traceparent: string | undefined): Context | "unsampled" {
  const [, traceId, spanId, flags] = traceparentForm.exec(traceparent ?? "") ?? [];
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const from = { traceId, spanId, traceFlags, isRemote: true };
  if (!isSpanContextValid(from)) return ROOT_CONTEXT;
  return traceFlags === TraceFlags.NONE ? "unsampled" : trace.setSpanContext(ROOT_CONTEXT, from);
}
