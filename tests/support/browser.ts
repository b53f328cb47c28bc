// A real Chromium for tests of pages: opened headless, watched for errors in its console and for requests that leave the machine.
import { assertEquals } from "@std/assert";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export type { Page };

/** Where Debian's package puts it, and other systems. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser that is here; null where there is none, and a test that needs one is ignored. */
export const chromiumPath: string | null = places.find(isThere) ?? null;

/** How a page is looked at. */
export interface View {
  readonly width: number;
  readonly language: "vi" | "en";
  readonly dark?: boolean;
}

/** A browser, and what went wrong in it. */
export class WatchedBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  /** Errors that pages wrote to their consoles, and scripts that failed. */
  readonly errors: string[] = [];
  /** Requests to anything but the origins that were allowed. */
  readonly strays: string[] = [];
  readonly #origins: readonly string[];

  private constructor(browser: Browser, origins: readonly string[]) {
    this.#browser = browser;
    this.#origins = origins;
  }

  /** Starts one. `origins` are all that its pages may ask. */
  static async start(...origins: string[]): Promise<WatchedBrowser> {
    if (chromiumPath === null) throw new Error("there is no Chromium: apt-get install chromium");
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: [
        ...["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"],
        ...["--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"],
      ],
    });
    return new WatchedBrowser(browser, origins);
  }

  /** A new visitor, without cookies. */
  async visitor({ width, language, dark = false }: View): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      viewport: { width, height: width < 600 ? 844 : 900 },
      locale: language === "vi" ? "vi-VN" : "en-GB",
      colorScheme: dark ? "dark" : "light",
    });
    context.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (!this.#origins.includes(origin)) this.strays.push(request.url());
    });
    context.on("page", (page) => {
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          this.errors.push(`${page.url()}: ${message.text()}`);
        }
      });
      page.on("pageerror", (error) => this.errors.push(`${page.url()}: ${error.message}`));
    });
    return context;
  }

  /** Asserts that no page complained and that no request left. */
  assertQuiet(): void {
    assertEquals({ errors: this.errors, strays: this.strays }, { errors: [], strays: [] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** How far a page is wider than its window, in px: a page that has to be pushed sideways is not made for it. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
