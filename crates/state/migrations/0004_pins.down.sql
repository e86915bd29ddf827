-- Back to before pins and keys. What was pinned is no longer held, and what keys stood for is forgotten.
DROP TABLE idempotency_keys;
DROP TRIGGER pins_are_lifted_once;
DROP TRIGGER pins_are_kept;
DROP TABLE pins;
