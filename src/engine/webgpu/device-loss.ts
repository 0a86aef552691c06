type Listener = (reason: string) => void;

/** Who wants to know of the loss of a device; or, once it is lost, why. */
interface Watch {
  listeners: Set<Listener>;
  reason?: string;
}

const watches = new WeakMap<GPUDevice, Watch>();

/**
 * Calls `listener` with a sentence when the device is lost, or soon if it is lost already. Returns how to stop
 * listening: a promise keeps whoever waits for it for as long as it lives, and a device outlives many runs.
 */
export function onDeviceLoss(device: GPUDevice, listener: Listener): () => void {
  const watch = watches.get(device) ?? begin(device);
  if (watch.reason === undefined) watch.listeners.add(listener);
  else listener(watch.reason);
  return () => watch.listeners.delete(listener);
}

function begin(device: GPUDevice): Watch {
  const watch: Watch = { listeners: new Set() };
  watches.set(device, watch);
  void device.lost.then((loss) => {
    watch.reason = describeLoss(loss);
    for (const tell of watch.listeners) tell(watch.reason);
    watch.listeners.clear();
  });
  return watch;
}

export function describeLoss({ message, reason }: GPUDeviceLostInfo): string {
  return `The graphics device was lost (${message || reason}).`;
}
