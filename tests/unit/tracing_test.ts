// Traces as the product makes them, over a tracer that writes down what it is asked: parents, what is left out, and that nothing is
// made while tracing is off.
import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import {
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { Enqueued } from "../../shared/stream.ts";
import { Observation } from "../../shared/observation.ts";
import { unobserved } from "../../shared/observer.ts";
import { startTracing, Tracing } from "../../shared/tracing.ts";
import { HandClock } from "../support/clock.ts";
import { claimOf } from "../support/documents.ts";

interface Made {
  name: string;
  parent: SpanContext | undefined;
  context: SpanContext;
  attributes: Record<string, unknown>;
  ended: boolean;
  failed: boolean;
}

/** A tracer that samples everything, or nothing. */
function recorder(traceFlags = 1) {
  const made: Made[] = [];
  const startSpan = (name: string, options: SpanOptions = {}, context?: Context): Span => {
    const parent = context && trace.getSpanContext(context);
    const number = String(made.length + 1);
    const traceId = parent?.traceId ?? number.padStart(32, "a");
    const span: Made = {
      name,
      parent,
      context: { traceId, spanId: number.padStart(16, "b"), traceFlags },
      attributes: { ...options.attributes },
      ended: false,
      failed: false,
    };
    made.push(span);
    const self: unknown = {
      spanContext: () => span.context,
      isRecording: () => true,
      setAttribute: (key: string, value: unknown) => (span.attributes[key] = value, self),
      setStatus: () => (span.failed = true, self),
      end: () => span.ended = true,
    };
    return self as Span;
  };
  const tracer: unknown = { startSpan };
  return { made, tracing: new Tracing(tracer as Tracer, "worker:hoa_don") };
}

const document = { key: "1", code: "HD1", shop: "S1", body: "{}" };
const accepted = { kind: "accepted" as const, nationalCode: null, message: "" };

function entryFrom(traceparent: string | undefined) {
  const claim = claimOf("1");
  return { ...claim, entry: { ...claim.entry, traceparent } };
}

Deno.test("documents go to the stream with the span of their own enqueueing", async () => {
  const { made, tracing } = recorder();
  const other = { ...document, key: "2", code: "HD2" };
  let given: (string | undefined)[] = [];
  await tracing.enqueue("hoa_don", [document, other], 5, (traced) => {
    given = traced.map(({ traceparent }) => traceparent);
    return Promise.resolve([{ kind: "added", id: "1-0" }, { kind: "known" }]);
  });
  const enqueued = made.find(({ name, ended }) => name === "enqueue" && ended);
  assertEquals(given[0], `00-${enqueued?.context.traceId}-${enqueued?.context.spanId}-01`);
  assertEquals(given.length, 2);
  for (const traceparent of given) assertMatch(traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  // What was in flight already has a trace of its own.
  assertEquals(
    made.filter(({ ended }) => ended).map(({ name, attributes }) => [name, attributes["hermes.code"]]),
    [
      ["scan", "HD1"],
      ["enqueue", "HD1"],
    ],
  );
});

Deno.test("a delivery goes on from its entry, and the steps after it hang on the delivery", async () => {
  const { made, tracing } = recorder();
  const claim = entryFrom(`00-${"c".repeat(32)}-${"d".repeat(16)}-01`);
  await tracing.deliver("hoa_don", claim, async () => {
    await tracing.call(claim, "POST", () => Promise.resolve(accepted));
    return accepted;
  });
  await tracing.together("write-back", [claim], () => Promise.resolve());
  const [deliver, ...steps] = made;
  assertEquals([deliver?.parent?.traceId, deliver?.parent?.spanId], ["c".repeat(32), "d".repeat(16)]);
  assertEquals(steps.map(({ name }) => name), ["call", "write-back"]);
  for (const step of steps) assertEquals(step.parent?.spanId, deliver?.context.spanId);
  assert(made.every(({ ended, failed }) => ended && !failed));
  assertEquals(deliver?.attributes["hermes.decision"], "accepted");
});

Deno.test("a step that throws fails its span, and the error goes on", async () => {
  const { made, tracing } = recorder();
  const broken = () => Promise.reject(new Error("Connection is closed."));
  await assertRejects(
    () => tracing.deliver("hoa_don", entryFrom(undefined), broken),
    Error,
    "Connection is closed",
  );
  assertEquals(made.map(({ name, ended, failed }) => [name, ended, failed]), [["deliver", true, true]]);
});

Deno.test("no span has the partner's words or the document", async () => {
  const { made, tracing } = recorder();
  const claim = entryFrom(undefined);
  await tracing.deliver("hoa_don", claim, async () => {
    const said = { kind: "refused" as const, status: 400, message: "Nguyễn Văn An không hợp lệ" };
    await tracing.call(claim, "POST", () => Promise.resolve(said));
    return said;
  });
  assert(!/Nguyễn|ma_phieu/.test(JSON.stringify(made)));
  assertEquals(made.map(({ failed }) => failed), [false, true]);
});

Deno.test("what was not sampled is carried on as such, and has no spans in the worker", async () => {
  const scheduler = recorder(0);
  let traceparent: string | undefined;
  await scheduler.tracing.enqueue("hoa_don", [document], 5, ([first]) => {
    traceparent = first?.traceparent;
    return Promise.resolve<Enqueued[]>([{ kind: "added", id: "1-0" }]);
  });
  assertMatch(traceparent ?? "", /-00$/);
  const worker = recorder();
  const claim = entryFrom(traceparent);
  await worker.tracing.deliver("hoa_don", claim, () => Promise.resolve(accepted));
  await worker.tracing.call(claim, "POST", () => Promise.resolve(accepted));
  await worker.tracing.together("settle", [claim], () => Promise.resolve());
  assertEquals(worker.made, []);
});

for (
  const traceparent of [
    "",
    "nonsense",
    `00-${"0".repeat(32)}-${"d".repeat(16)}-01`,
    `00-${"C".repeat(32)}-x-01`,
  ]
) {
  Deno.test(`an entry with the traceparent "${traceparent}" begins a trace of its own`, async () => {
    const { made, tracing } = recorder();
    await tracing.deliver("hoa_don", entryFrom(traceparent), () => Promise.resolve(accepted));
    assertEquals([made.length, made[0]?.parent], [1, undefined]);
  });
}

Deno.test("while tracing is off, there is no tracer and documents go on as they are", async () => {
  assertEquals(startTracing("scheduler"), null);
  const documents = [document];
  const tally = { count: () => {} };
  const observation = new Observation("hoa_don", {
    metrics: null,
    tracing: null,
    tally,
    clock: new HandClock(),
  });
  for (const observer of [observation, unobserved]) {
    await observer.enqueue(documents, 5, (same) => {
      assertStrictEquals<unknown>(same, documents);
      return Promise.resolve([]);
    });
  }
});

Deno.test("an observation tallies what was written and what was given back, and nothing else", async () => {
  const counted: unknown[] = [];
  const tally = { count: (...what: unknown[]) => void counted.push(what) };
  const clock = new HandClock();
  const observation = new Observation("hoa_don", { metrics: null, tracing: null, tally, clock });
  const claim = claimOf("1");
  const entry = { ...claim.entry, scannedAtMs: clock.now() - 700 };
  const results = (["SYNC_SUCCESS", "SYNC_FAILED", "SYNC_SUCCESS"] as const).map((status) => ({
    held: { claim: { ...claim, entry } },
    row: { status },
  }));
  await observation.writeBack(results, () => Promise.resolve(results.slice(0, 2)));
  for (const kind of ["return", "retry", "wait"]) {
    await observation.deliver(claim, () => Promise.resolve({ kind }));
  }
  await observation.deliver(claim, () => Promise.resolve(null));
  observation.invalid(["S2"]);
  assertEquals(counted, [
    ["hoa_don", "S1", "synced", 700],
    ["hoa_don", "S1", "failed", 700],
    ["hoa_don", "S1", "returned"],
    ["hoa_don", "S2", "failed"],
  ]);
});
