// The worker of sales invoices: one process, one stream.
import { startWorker } from "./start.ts";

await startWorker("hoa_don");
