-- A cure that the doctor shows, and never runs: adds a column that the profile needs.
ALTER TABLE $(table) ADD $(column) $(type) NULL;
