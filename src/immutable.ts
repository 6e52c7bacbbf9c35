/** The same value for whoever may only read it, through all its lists and objects. */
export type Immutable<T> = T extends object ? { readonly [Name in keyof T]: Immutable<T[Name]> } : T;
