import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { accessibilityFaults, type Complaints, laptop, launchBrowser, newPage, sizes } from './browser.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const password = 'correct horse battery';

/** An administrator, a child and a television, in order: each step goes on where the one before ended. */
describe('accounts in the browser', () => {
  let kinora: KinoraProcess;
  let dataDir: string;
  let browser: Browser;
  let page: Page;
  let television: BrowserContext;
  const complaints: Complaints = { list: [] };
  const open = async (viewport: { width: number; height: number }) => {
    const context = await browser.newContext({ viewport, baseURL: kinora.url });
    const opened = await newPage(context, complaints);
    opened.setDefaultTimeout(15_000);
    return { context, page: opened };
  };
  const signIn = async (at: Page, username: string) => {
    await at.getByLabel('User name').fill(username);
    await at.getByLabel('Password', { exact: true }).fill(password);
    await at.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  beforeAll(async () => {
    dataDir = await newDataDir();
    const account = { ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password };
    kinora = await KinoraProcess.start({ ...account, TORRENT_DHT: 'off', LOG_LEVEL: 'trace' }, dataDir);
    browser = await launchBrowser();
    ({ page } = await open(laptop));
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await kinora.stop();
    await removeDataDir(dataDir);
  });

  it('an administrator makes an account for a child', async () => {
    await page.goto('/admin/users');
    await signIn(page, 'ada');
    await page.getByRole('button', { name: 'New user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('User name').fill('kim');
    await dialog.getByLabel('Password', { exact: true }).fill('password123');
    await dialog.getByLabel('Role').selectOption('child');
    await dialog.getByLabel('Films and series').selectOption('10');
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await dialog.getByText('Is too easy to guess').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByLabel('Password', { exact: true }).fill(password);
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await page.getByText('Child, up to 10 years').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  }, 30_000);

  it('a child finds no pages of the administrator, and no torrents to open', async () => {
    const { page: phone, context } = await open(sizes.phone);
    await phone.goto('/admin/users');
    await signIn(phone, 'kim');
    await phone.getByText('There is nothing at this address').waitFor();
    await phone.goto('/');
    await phone.getByRole('button', { name: 'Menu of kim' }).click();
    await phone.getByRole('link', { name: 'Your account' }).waitFor();
    expect(await phone.getByRole('link', { name: 'Administration' }).count()).toBe(0);
    expect(await phone.getByText('Open a torrent').count()).toBe(0);
    await context.close();
  }, 30_000);

  it('a television is signed in from another screen', async () => {
    const tv = await open(sizes.tv);
    television = tv.context;
    await tv.page.goto('/sign-in');
    await tv.page.getByRole('link', { name: 'Sign in from another screen' }).click();
    await tv.page.getByRole('img', { name: 'The same as a QR code' }).waitFor();
    const code = (await tv.page.getByText(/^[A-Z]{4}-[A-Z]{4}$/).textContent()) ?? '';
    expect(await accessibilityFaults(tv.page)).toEqual([]);

    await page.goto('/device');
    await page.getByLabel('The code on the other screen').fill('BBBB-BBBB');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('There is no such code').waitFor();
    await page.getByLabel('The code on the other screen').fill(code.toLowerCase().replace('-', ''));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(/at 127\.0\.0\.1 asked/).waitFor();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Allowed' }).waitFor();
    await tv.page.getByRole('button', { name: 'Menu of ada' }).waitFor();
  }, 40_000);

  it('and signed out again from the account page', async () => {
    await page.goto('/account');
    await page.getByTestId('session').nth(1).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Sign out / }).click();
    await page.getByTestId('session').nth(1).waitFor({ state: 'detached' });
    const [tv] = television.pages();
    await tv?.goto('/account');
    await tv?.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  }, 30_000);

  it('name, language and password are changed by their owner', async () => {
    await page.goto('/account');
    await page.getByLabel('User name').fill('ada.l');
    await page.getByLabel('Language of titles and descriptions').selectOption('pt-BR');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByRole('button', { name: 'Menu of ada.l' }).waitFor();

    const change = async (current: string) => {
      await page.getByLabel('Current password').fill(current);
      await page.getByLabel('New password').fill('another horse battery');
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await change('not the one');
    await page.getByText('Is not your password').waitFor();
    await change(password);
    await page.getByText('Changed. You are signed out everywhere else.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Menu of ada.l' }).waitFor();
    expect(await page.getByLabel('Language of titles and descriptions').inputValue()).toBe('pt-BR');
  }, 30_000);

  it('all of which the audit log tells', async () => {
    await page.goto('/admin/audit');
    for (const words of [
      'Changed the own password',
      'Signed a device out',
      'Let a device sign in',
      'Created a user',
    ]) {
      await page.getByText(words).first().waitFor();
    }
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('none changed or removed').waitFor();
    await page.getByLabel('What').selectOption('user');
    await page.getByText('Let a device sign in').waitFor({ state: 'detached' });
    expect(page.url()).toContain('action=user');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints.list).toEqual([]);
  }, 30_000);
});
