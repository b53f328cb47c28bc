-- Whether SQL Server understands the condition of a pharmacy's own profile: compiled, and no row is read.
-- $(...)  the profile's table, and its condition over the alias h
SELECT TOP (0) 1 AS [one]
FROM $(header) AS h
WHERE ($(where));
