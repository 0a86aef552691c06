/** The numbers that the functions of a loss see, by name; see LossDefinition.constants. */
export type Constants = Readonly<Record<string, number>>;
