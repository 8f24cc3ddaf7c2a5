-- The schema with files on their way to the centre, with a row in each table.
CREATE TABLE record ( id VARCHAR NOT NULL PRIMARY KEY, kind VARCHAR NOT NULL, area VARCHAR NOT NULL, case_id VARCHAR NOT NULL, state VARCHAR NOT NULL, urgency VARCHAR NOT NULL, due_at BIGINT, updated_at BIGINT NOT NULL, seq BIGINT NOT NULL, body BLOB NOT NULL );
CREATE INDEX record_by_kind ON record (kind, updated_at);
CREATE INDEX record_by_case ON record (case_id);
CREATE TABLE operation ( n INTEGER NOT NULL PRIMARY KEY, record_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, made_at BIGINT NOT NULL, state VARCHAR NOT NULL, code VARCHAR NOT NULL, body BLOB NOT NULL );
CREATE INDEX operation_by_state ON operation (state, n);
CREATE INDEX operation_by_record ON operation (record_id);
CREATE TABLE meta (key VARCHAR NOT NULL PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE outgoing ( sha256 VARCHAR NOT NULL PRIMARY KEY, record_id VARCHAR NOT NULL, size BIGINT NOT NULL, small BOOLEAN NOT NULL, made_at BIGINT NOT NULL, state VARCHAR NOT NULL, code VARCHAR NOT NULL, tries INTEGER NOT NULL, not_before BIGINT NOT NULL );
CREATE INDEX outgoing_by_state ON outgoing (state);
INSERT INTO record VALUES ('0193ad36-0000-7000-8000-000000000001', 'case', '920213', '', 'reported', '', NULL, 1795186800000, 0, x'00');
INSERT INTO operation VALUES (1, '0193ad36-0000-7000-8000-000000000001', 'case', 1795186800000, 'pending', '', x'01');
INSERT INTO meta VALUES ('next_n', x'32');
INSERT INTO outgoing VALUES ('aa', '0193ad36-0000-7000-8000-000000000002', 100, 0, 1795186800000, 'waiting', '', 0, 0);
PRAGMA user_version = 2;
