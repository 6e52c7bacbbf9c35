/** Tells whoever reads an answer what it lacks while deliveries from before a crash are handled again. */
export function incompleteSentence(deliveries: number): string {
  return (
    `This is not complete yet: deliveries from before a restart are still being handled (${deliveries}). ` +
    'Ask again in a moment.'
  );
}
