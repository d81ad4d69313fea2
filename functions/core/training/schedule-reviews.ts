import type { ModelRegistry, TrainingQueue } from '../model-ports.ts';
import type { TenantStore } from '../ports.ts';

/** Asks for a review of every model that is retrained by itself. */
export const scheduleReviews = async ({
  tenants,
  registry,
  queue,
}: {
  readonly tenants: TenantStore;
  readonly registry: ModelRegistry;
  readonly queue: TrainingQueue;
}): Promise<void> => {
  for (const tenant of await tenants.list()) {
    for (const { name, retraining } of await registry.list(tenant)) {
      if (retraining !== undefined) await queue.send({ tenant, model: name, review: true });
    }
  }
};
