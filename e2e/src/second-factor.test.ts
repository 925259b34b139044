import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { accessibilityFaults, type Complaints, laptop, launchBrowser, newPage } from './browser.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const password = 'correct horse battery';

/** Chromium with a security key in it that answers by itself. */
async function plugIn(context: BrowserContext, page: Page): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** One account that adds its factors and signs in with each, in order. */
describe('second factors in the browser', () => {
  let kinora: KinoraProcess;
  let dataDir: string;
  let browser: Browser;
  let page: Page;
  let secret: string;
  let recoveryCode: string;
  const complaints: Complaints = { list: [] };
  const code = (stepsAhead = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + stepsAhead * 30_000 });
  const signOut = async () => {
    await page.getByRole('button', { name: 'Menu of ada' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User name').waitFor();
  };
  const enterPassword = async () => {
    await page.goto('/sign-in');
    await page.getByLabel('User name').fill('ada');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  const isIn = () => page.getByRole('button', { name: 'Menu of ada' }).waitFor();

  beforeAll(async () => {
    dataDir = await newDataDir();
    const account = { ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password };
    kinora = await KinoraProcess.start({ ...account, TORRENT_DHT: 'off' }, dataDir);
    browser = await launchBrowser();
    // Browsers offer no passkeys at an IP address.
    const baseURL = kinora.url.replace('127.0.0.1', 'localhost');
    const context = await browser.newContext({ viewport: laptop, baseURL });
    page = await newPage(context, complaints);
    page.setDefaultTimeout(30_000);
    await plugIn(context, page);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await kinora.stop();
    await removeDataDir(dataDir);
  });

  it('an authenticator app is set up by its key and a first code', async () => {
    await enterPassword();
    await isIn();
    await page.goto('/account');
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'Set up an app' }).click();
    await page.getByRole('img', { name: 'QR code of the key' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    secret = ((await page.getByTestId('totp-secret').textContent()) ?? '').replaceAll(' ', '');
    await page.getByLabel('Code that the app shows').fill(code(-1));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('They are not shown again').waitFor();
    recoveryCode = (await dialog.getByRole('listitem').first().textContent()) ?? '';
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('10 unused codes left.').waitFor();
  }, 60_000);

  it('its code is asked for after the password', async () => {
    await signOut();
    await enterPassword();
    await page.getByLabel('Code from your authenticator app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('Is not the current code').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Code from your authenticator app').fill(code());
    await page.keyboard.press('Enter');
    await isIn();
  }, 60_000);

  it('a recovery code stands in for it', async () => {
    await signOut();
    await enterPassword();
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recoveryCode.toLowerCase());
    await page.keyboard.press('Enter');
    await isIn();
  }, 60_000);

  it('a passkey is added, and signs in without the password', async () => {
    await page.goto('/account/security');
    await page.getByLabel('Name of the new passkey').fill('Laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByTestId('passkey').getByText('not used yet').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await signOut();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await isIn();
    await page.goto('/account/security');
    await page.getByTestId('passkey').getByText('last used').waitFor();
  }, 60_000);

  it('the own data is downloaded', async () => {
    const started = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download your data' }).click();
    expect((await started).suggestedFilename()).toBe('kinora-account.json');
    expect(complaints.list).toEqual([]);
  }, 60_000);
});
