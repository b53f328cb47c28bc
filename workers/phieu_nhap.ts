// The worker of purchase receipts: one process, one stream.
import { startWorker } from "./start.ts";

await startWorker("phieu_nhap");
