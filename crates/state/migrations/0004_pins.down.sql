-- Back to before pins and keys. What was pinned is not held there, and keys stand for nothing; both are put
-- aside, and going forward again takes them back (see src/schema.rs).
CREATE TABLE kept_idempotency_keys AS SELECT * FROM idempotency_keys;
DROP TABLE idempotency_keys;
CREATE TABLE kept_pins AS SELECT * FROM pins;
DROP TABLE pins;
