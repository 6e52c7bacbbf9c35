import { generateCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';

/** Reads and writes one cookie. `secure` is set where the page came over https. */
export interface CookieJar {
  /** Value of a cookie in a `Cookie` header; `null` where it is not there. */
  read(header: string | null | undefined): string | null;
  /** `Set-Cookie` that keeps the value until `expiresAt` (epoch ms). */
  write(value: string, expiresAt: number): string;
  /** `Set-Cookie` that deletes it. */
  clear(): string;
}

/** A cookie that no script reads and no other site's form sends; `__Host-` over https, so no other host sets it. */
export function createCookie(name: string, secure: boolean): CookieJar {
  const full = secure ? `__Host-${name}` : name;
  const prefix = secure ? ({ prefix: 'host' } as const) : {};
  const attributes = { httpOnly: true, sameSite: 'Lax', ...prefix } as const;
  return {
    read: (header) => parse(header ?? '', full)[full] ?? null,
    write: (value, expiresAt) => generateCookie(name, value, { ...attributes, expires: new Date(expiresAt) }),
    clear: () => generateCookie(name, '', { ...attributes, maxAge: 0 }),
  };
}
