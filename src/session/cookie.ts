/** How a cookie is kept by the browser: `secure` where the page came over https. */
export interface CookieJar {
  /** Value of a cookie in a `Cookie` header; `null` where it is not there. */
  read(header: string | null | undefined): string | null;
  /** `Set-Cookie` that keeps the value until `expiresAt` (epoch ms). */
  write(value: string, expiresAt: number): string;
  /** `Set-Cookie` that takes it away. */
  clear(): string;
}

/**
 * A cookie that scripts cannot read and other sites' forms do not send. Over https its name begins with `__Host-`, so
 * that no other host of the domain can set it.
 */
export function createCookie(name: string, secure: boolean): CookieJar {
  const full = secure ? `__Host-${name}` : name;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    read(header) {
      for (const part of (header ?? '').split(';')) {
        const at = part.indexOf('=');
        if (at >= 0 && part.slice(0, at).trim() === full) return part.slice(at + 1).trim();
      }
      return null;
    },
    write: (value, expiresAt) =>
      `${full}=${value}; ${attributes}; Expires=${new Date(expiresAt).toUTCString()}`,
    clear: () => `${full}=; ${attributes}; Max-Age=0`,
  };
}
