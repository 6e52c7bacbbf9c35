/** As much of jsdom as the tests look at; the project itself has no use for a DOM's types. */
declare module 'jsdom' {
  export interface PageElement {
    innerHTML: string;
    readonly outerHTML: string;
    readonly tagName: string;
    readonly textContent: string | null;
    readonly children: { readonly length: number };
    querySelector(selector: string): PageElement | null;
    querySelectorAll(
      selector: string,
    ): Iterable<PageElement> & { readonly length: number; readonly [at: number]: PageElement };
    getAttribute(name: string): string | null;
    cloneNode(deep: boolean): PageElement;
    remove(): void;
    replaceWith(text: string): void;
  }

  export class JSDOM {
    constructor(html?: string);
    readonly window: {
      readonly document: Pick<PageElement, 'querySelector' | 'querySelectorAll'> & {
        readonly body: PageElement;
        createElement(tag: string): PageElement;
      };
    };
  }
}
