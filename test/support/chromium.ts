/** The Chromium of the machine, for tests in a browser. Without one they are skipped, and counted as skipped. */
import { CHROMIUM_FLAGS as FLAGS, findChromium } from '../../src/cli/preview/pictures.ts';

/** What it must be started with as root and without a network. */
export const CHROMIUM_FLAGS = ['--headless', ...FLAGS];

/** The program, or undefined when there is none. Use with `test.skipIf`. */
export const chromiumPath: string | undefined = findChromium(process.env);
