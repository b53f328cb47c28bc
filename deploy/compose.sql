-- For compose.yaml: makes the pharmacy's database and the login of Hermes where they are not there yet.
-- sqlcmd fills in HERMES_DATABASE, HERMES_USER and HERMES_PASSWORD from its environment. The login may read and
-- write rows; it may not change the tables.
IF DB_ID(N'$(HERMES_DATABASE)') IS NULL CREATE DATABASE [$(HERMES_DATABASE)];
GO
IF SUSER_ID(N'$(HERMES_USER)') IS NULL
  CREATE LOGIN [$(HERMES_USER)] WITH PASSWORD = N'$(HERMES_PASSWORD)', CHECK_EXPIRATION = OFF;
ELSE
  ALTER LOGIN [$(HERMES_USER)] WITH PASSWORD = N'$(HERMES_PASSWORD)';
GO
USE [$(HERMES_DATABASE)];
GO
IF USER_ID(N'$(HERMES_USER)') IS NULL CREATE USER [$(HERMES_USER)] FOR LOGIN [$(HERMES_USER)];
GO
ALTER ROLE db_datareader ADD MEMBER [$(HERMES_USER)];
ALTER ROLE db_datawriter ADD MEMBER [$(HERMES_USER)];
GO
