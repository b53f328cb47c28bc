// Which Hermes this is.

export const version = "hermes 0.1.0";
