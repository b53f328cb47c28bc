// Which Hermes this is.

export const version = "hermes 0.4.0";
