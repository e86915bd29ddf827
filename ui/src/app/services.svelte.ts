// Starting and stopping services from any view: one at a time, with the error of the last try.

import { asError } from "../api/error";
import type { ErrorBody, ServiceStatus } from "../api/types";
import { run } from "./planner";

export class ServiceActions {
  /** The service that is being started or stopped. */
  busy = $state<string | null>(null);
  error = $state<ErrorBody | null>(null);

  async act(service: ServiceStatus, kind: "service_start" | "service_restart" | "service_stop"): Promise<void> {
    this.busy = service.name;
    this.error = null;
    try {
      await run({ kind, service: service.name });
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.busy = null;
    }
  }
}
