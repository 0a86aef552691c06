/**
 * Submits what was encoded. Resolves once the device has taken it, which is before it is done.
 *
 * A device that ran out of memory, or has anything else against the work, says so aside and goes on; whoever reads the
 * results finds zeros. That is why it is asked.
 * @throws Error with the device's own words when it did not take the work.
 */
export async function submit(device: GPUDevice, encoder: GPUCommandEncoder): Promise<void> {
  device.pushErrorScope('validation');
  device.queue.submit([encoder.finish()]);
  const error = await device.popErrorScope();
  if (error) {
    throw new Error(`The graphics device did not take the work (is its memory full?): ${error.message}`);
  }
}
