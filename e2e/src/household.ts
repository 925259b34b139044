import { DEMO_CACHE, type DemoWorld, type DemoWorldOptions, startDemoWorld } from '@kinora/demo/world';
import type { Browser, Page } from 'playwright-core';
import { ApiClient } from './api-client.js';
import { type Complaints, laptop, launchBrowser, newPage } from './browser.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

/** The administrator of every household. */
export const account = { name: 'ada', password: 'correct horse battery' };

export interface HouseholdOptions {
  world?: Omit<DemoWorldOptions, 'cacheDir'>;
  /** What the server is started with, besides its administrator; what the world says unless told. */
  environment?: (
    world: DemoWorld,
    dataDir: string,
  ) => Record<string, string> | Promise<Record<string, string>>;
  /** Nobody has set the server up yet. */
  isNew?: boolean;
}

/** What most tests begin with: the demo world, a server in it, and as many screens in front of it as are wanted. */
export class Household {
  /** What any of its screens complained of. */
  readonly complaints: Complaints = { list: [] };
  private browser: Promise<Browser> | undefined;

  private constructor(
    readonly world: DemoWorld,
    readonly dataDir: string,
    private readonly environment: Record<string, string>,
    public kinora: KinoraProcess,
  ) {}

  static async open({
    world: wanted,
    environment,
    isNew = false,
  }: HouseholdOptions = {}): Promise<Household> {
    const world = await startDemoWorld({ cacheDir: DEMO_CACHE, ...wanted });
    const dataDir = await newDataDir();
    const complete = {
      LOG_LEVEL: 'trace',
      ...((await environment?.(world, dataDir)) ?? world.environment),
      ...(!isNew && { ADMIN_USERNAME: account.name, ADMIN_PASSWORD: account.password }),
    };
    const kinora = await KinoraProcess.start(complete, dataDir);
    return new Household(world, dataDir, complete, kinora);
  }

  /** After the server has ended: starts it again, at the same address. */
  async restart(): Promise<void> {
    const { port } = new URL(this.kinora.url);
    this.kinora = await KinoraProcess.start({ ...this.environment, PORT: port }, this.dataDir);
  }

  /** The administrator as a program. */
  signInByApi(): Promise<ApiClient> {
    return ApiClient.signIn(this.kinora, account.name, account.password);
  }

  /** A browser of its own that knows nobody yet. */
  async newScreen(): Promise<Page> {
    this.browser ??= launchBrowser();
    const context = await (await this.browser).newContext({ viewport: laptop, baseURL: this.kinora.url });
    const page = await newPage(context, this.complaints);
    page.setDefaultTimeout(60_000);
    return page;
  }

  /** A browser of its own, where the administrator has signed in. */
  async signedInScreen(): Promise<Page> {
    const page = await this.newScreen();
    await signIn(page);
    return page;
  }

  async close(): Promise<void> {
    await (await this.browser)?.close();
    await this.kinora.stop();
    await this.world.stop();
    await removeDataDir(this.dataDir);
  }
}

/** Signs the administrator in. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByLabel('User name').fill(account.name);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: `Menu of ${account.name}` }).waitFor();
}

/** Opens the page of a film or series by its search. */
export async function openTitle(page: Page, title: string): Promise<void> {
  await page.goto(`/search?q=${encodeURIComponent(title)}`);
  await page
    .getByRole('link', { name: new RegExp(title) })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** The second that the player shows. */
export function secondOf(page: Page): Promise<number> {
  return page.getByTestId('video').evaluate((video: HTMLVideoElement) => video.currentTime);
}

/** Waits until the film has played to this second. */
export async function playsBeyond(page: Page, seconds: number): Promise<void> {
  await page.waitForFunction(
    (beyond) => (document.querySelector('video')?.currentTime ?? 0) > beyond,
    seconds,
    { timeout: 120_000 },
  );
}
