/** A defect in workflow code: each workflow task fails, and the process neither goes on nor ends. */
export async function leadLifecycle(): Promise<void> {
  await Promise.resolve();
  throw new Error('a defect');
}
