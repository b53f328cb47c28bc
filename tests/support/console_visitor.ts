// Somebody at the console without a browser: keeps cookies, and sends forms as the page that was read last has them.
import type { FakeConsole } from "./console.ts";

export class Visitor {
  readonly #console: FakeConsole;
  readonly #headers: Record<string, string>;
  readonly cookies = new Map<string, string>();
  /** The page that was read last. */
  page = "";

  constructor(console: FakeConsole, headers: Record<string, string> = {}) {
    this.#console = console;
    this.#headers = headers;
  }

  /** Reads a page; redirects are not followed. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return await this.#keep(await this.#console.get(path, { ...this.#all(), ...headers }));
  }

  /** Sends a form with the token of the page that was read last. */
  async post(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const csrf = /name="csrf" value="(\w+)"/.exec(this.page)?.[1] ?? "";
    return await this.#keep(
      await this.#console.post(path, { csrf, ...form }, { ...this.#all(), ...headers }),
    );
  }

  /** Reads the login page, and logs in. */
  async logIn(password: string, name = "Lan"): Promise<Response> {
    await this.get("/login");
    return await this.post("/login", { name, password, to: "/" });
  }

  #all(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return { ...this.#headers, ...(cookie === "" ? {} : { cookie }) };
  }

  async #keep(response: Response): Promise<Response> {
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    if (response.headers.get("content-type")?.startsWith("text/html")) {
      this.page = await response.clone().text();
    }
    return response;
  }
}
