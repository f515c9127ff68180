import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '45s' });

/** The least that is durable: one activity that does nothing, and one timer. */
export async function floor(): Promise<void> {
  await nothing();
  await sleep('3 days');
}

/** The least that a step is: one timer, one activity that does nothing, and the next timer. */
export async function floorStep(dueAtMs: number): Promise<void> {
  await sleep(Math.max(1, dueAtMs - Date.now()));
  await nothing();
  await sleep('3 days');
}

/** The least that a reaction is: a bell, and one activity that does nothing. */
export async function floorBell(): Promise<void> {
  let rung = 0;
  setHandler(defineSignal('ring'), () => {
    rung += 1;
  });
  for (let answered = 0; answered < 1000; answered += 1) {
    await condition(() => rung > answered);
    await nothing();
  }
}
