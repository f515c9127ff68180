/** Pictures of a mail by a Chromium of this machine: at desktop and phone width, light and dark. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** What it is started with as root and without a network. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WIDTHS = { desktop: 800, phone: 375 } as const;

export const HOW_TO_GET_CHROMIUM =
  'No pictures: there is no Chromium on this machine. Install it (`apt-get install chromium`, or Google Chrome), or set CHROMIUM_PATH to one.';

/** `CHROMIUM_PATH`, or the first one on PATH; undefined when there is none. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  const places = [
    env['CHROMIUM_PATH'] ?? '',
    ...folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))),
  ];
  return places.find((file) => {
    try {
      if (file !== '') accessSync(file, constants.X_OK);
      return file !== '';
    } catch {
      return false;
    }
  });
}

/** Writes NAME-desktop-light.png and three more into the folder; returns their paths. The mail's scripts do not run, and nothing is loaded. */
export async function takePictures(chromium: string, html: string, folder: string, name: string): Promise<string[]> {
  const { chromium: driver } = await driverOf();
  const browser = await driver.launch({ executablePath: chromium, args: CHROMIUM_FLAGS });
  try {
    const files: string[] = [];
    for (const [device, width] of Object.entries(WIDTHS)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ viewport: { width, height: 600 }, colorScheme, javaScriptEnabled: false });
        // A mail must show what it says without a network: pictures from afar are left out, as most readers do at first.
        await page.route('**/*', (route) => route.abort());
        await page.setContent(html);
        const file = path.join(folder, `${name}-${device}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
        await page.close();
        files.push(file);
      }
    }
    return files;
  } finally {
    await browser.close();
  }
}

async function driverOf(): Promise<typeof import('playwright-core')> {
  try {
    return await import('playwright-core');
  } catch (cause) {
    throw new AppError(
      'UNAVAILABLE',
      'Pictures need the package playwright-core: `npm install playwright-core`, or --no-pictures.',
      { cause },
    );
  }
}
