/**
 * Makes a pipeline from one shader.
 * @throws Error with the shader's label and, for every complaint, line, message and the line itself.
 */
export async function compile<Pipeline>(
  device: GPUDevice,
  label: string,
  code: string,
  create: (module: GPUShaderModule) => Promise<Pipeline>,
): Promise<Pipeline> {
  // What is wrong is thrown below, and needs no telling aside.
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label, code });
  device.popErrorScope().catch(() => undefined);
  try {
    return await create(module);
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const lines = code.split('\n');
    const complaint = messages
      .filter(({ type }) => type === 'error')
      .map(({ lineNum, message }) => `line ${lineNum}: ${message}\n    ${lines[lineNum - 1] ?? ''}`)
      .join('\n');
    throw new Error(`The shader '${label}' does not compile. ${complaint || String(error)}`, {
      cause: error,
    });
  }
}
