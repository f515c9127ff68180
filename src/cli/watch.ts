import { countOf } from '../domain/count-of.ts';
import { watchFolders } from '../playbook/watch.ts';
import type { CheckedAll } from '../simulate/check-folders.ts';
import type { Config } from '../runtime/config.ts';
import { onInterruption, untilSignal } from '../stack/interruption.ts';
import { mistakeText } from './mistake-text.ts';
import { previewPerson, type WhoOptions } from './preview/person.ts';
import { startPreviewServer } from './preview/server.ts';

/** The command `watch`: tells the mistakes after each save, and shows the mails in a browser until it is stopped. */
export async function watch(config: Config, { port, ...who }: WhoOptions & { port: number }): Promise<void> {
  const interrupted = onInterruption(() => {});
  const server = await startPreviewServer(config, await previewPerson(config, who), port);
  console.log(`Previews: ${server.url}\nCtrl-C stops it.`);
  const stop = watchFolders(config, async () => console.log(inWords(await server.refresh())));
  await untilSignal(interrupted);
  await stop();
  await server.close();
}

function inWords({ mistakes }: CheckedAll): string {
  const at = new Date().toTimeString().slice(0, 8);
  if (mistakes.length === 0) return `${at}  no mistakes`;
  return [`${at}  ${countOf(mistakes.length, 'mistake')}`, ...mistakes.map((one) => mistakeText(one, 'mistake'))].join(
    '\n\n',
  );
}
