/** Where an annotation stands; 1-based. */
export interface Place {
  readonly file: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly title: string;
}

/** The input and output of a step of a workflow, as @actions/core offers them. */
export interface ActionIo {
  /** The value of an input; empty where it was not given. */
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
