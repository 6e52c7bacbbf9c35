/** Where an annotation stands; 1-based. */
export interface Place {
  readonly file: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly title: string;
}

/** What a step of a workflow reads and writes, as @actions/core has it. */
export interface ActionIo {
  /** Empty where it was not given. */
  input(name: string): string;
  output(name: string, value: string | number): void;
  debug(text: string): void;
  info(text: string): void;
  notice(text: string, place?: Place): void;
  warning(text: string, place?: Place): void;
  error(text: string, place?: Place): void;
  /** Appends Markdown to the summary of the job. */
  summarise(markdown: string): Promise<void>;
  /** Ends the step as failed. */
  fail(sentence: string): void;
}
