-- A cure that the doctor shows, and never runs: gives a column the type that the profile needs. What stands in it stays.
ALTER TABLE $(table) ALTER COLUMN $(column) $(type);
