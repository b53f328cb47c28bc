// What this server says it is: LOGINACK, @@VERSION, SERVERPROPERTY.

export const PRODUCT_VERSION = "13.0.7000.0";
export const PRODUCT_MAJOR = 13;
export const PRODUCT_BUILD = 7000;
export const VERSION_TEXT =
  `Microsoft SQL Server 2016 - ${PRODUCT_VERSION} (Hermes stand-in for development and tests)`;
