/** Chromium for tests of pages: Debian's, or that of `CHROMIUM`. */
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** @returns the path of the program, if there is one. Without it says on stderr what is skipped. */
export function findChromium(skipped: string): string | undefined {
  const [path] = [
    process.env['CHROMIUM'] ?? '',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].filter(existsSync);
  if (path === undefined) {
    process.stderr.write(
      `skipped: ${skipped}. Install Chromium (Debian: apt-get install chromium) or set CHROMIUM to its path.\n`,
    );
  }
  return path;
}

export async function launchChromium(executablePath: string): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    // Chromium refuses to run as root, as CI does, with its sandbox.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
