-- Before the first schema there was nothing.
DROP TABLE tokens;
DROP TABLE ledger;
DROP TABLE generations;
DROP TABLE journal;
DROP TABLE operations;
DROP TABLE plans;
