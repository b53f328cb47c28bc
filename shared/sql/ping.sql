-- A sign of life, for the health page. No parameters, no tables, no locks.
SELECT 1 AS alive;
