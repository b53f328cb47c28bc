// The worker of goods issue slips: one process, one stream.
import { startWorker } from "./start.ts";

await startWorker("phieu_xuat");
