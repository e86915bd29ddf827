-- Put aside, not dropped: going forward again takes the rows back (see src/schema.rs).
CREATE TABLE kept_overrides AS SELECT * FROM overrides;
DROP TABLE overrides;
