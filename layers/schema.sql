-- schema.sql - the one schema. Version rows: a row is in state V iff
-- from_version <= V and V < to_version; a draft row has both NULL and draft_id;
-- open end is 4611686018427387904 (2^62). Nothing published is ever changed but
-- its to_version. Ids (feature_id) are 16 bytes. Dates are text "YYYY-MM-DD".
--
-- Scalars that are asked for have columns; list-valued members of a plan or a
-- regulation (decisions, values, documents, references) have no identity and no
-- life of their own in any exchange format, so they stay together, as canonical
-- JSON with the spec's terms, in `details`.

CREATE TABLE version (
    version INTEGER PRIMARY KEY,
    published TEXT NOT NULL,           -- UTC, RFC 3339
    by TEXT NOT NULL,
    source TEXT NOT NULL,              -- file names, or "legal date 2026-03-02", "rollback to 3"
    sha256 TEXT,                       -- of the source; of several: JSON array
    mapping TEXT,
    legal_day TEXT NOT NULL,           -- effects of legal dates are drawn as of this day
    note TEXT
);

CREATE TABLE draft (
    draft_id INTEGER PRIMARY KEY,
    created TEXT NOT NULL,
    by TEXT NOT NULL,
    source TEXT NOT NULL,
    sha256 TEXT,
    mapping TEXT,
    report TEXT NOT NULL,              -- the import report, JSON (answers.md)
    state TEXT NOT NULL,               -- filling, open, held (cannot be published), published,
                                       -- unchanged (nothing in it differed)
    held_of INTEGER,                   -- of a held one: the draft that it was part of
    base_version INTEGER               -- newest version when it was compared
);

-- What rules, readers and the draft itself found wrong in a draft.
CREATE TABLE finding (
    draft_id INTEGER NOT NULL,
    key BLOB NOT NULL,                 -- the same when the same fault comes again (rules.h)
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,            -- error, warning, note
    plan_id BLOB,                      -- NULL = not about one plan
    object_id BLOB,                    -- the regulation; NULL = the plan, or not known
    text_sv TEXT, text_en TEXT, fix_sv TEXT, fix_en TEXT,  -- NULL = told in one language only
    finding TEXT NOT NULL,             -- as in the report, JSON (answers.md)
    PRIMARY KEY (draft_id, key)
) WITHOUT ROWID;

-- Why a finding was published all the same; one with this key is not asked again.
CREATE TABLE finding_reason (
    key BLOB PRIMARY KEY,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    given TEXT NOT NULL,               -- UTC, RFC 3339
    draft_id INTEGER                   -- where it was first given
) WITHOUT ROWID;

-- Published rows that a draft would end.
CREATE TABLE draft_end (
    draft_id INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    PRIMARY KEY (draft_id, table_name, row_id)
) WITHOUT ROWID;

CREATE TABLE plan (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    municipality_code TEXT,
    municipality TEXT,
    designation TEXT,
    name TEXT,
    status TEXT,                       -- spec value, NULL = the file does not say
    plan_type TEXT,
    adopted TEXT,                      -- datumAntagande
    in_force TEXT,                     -- first datumLagakraft
    accuracy_m REAL,                   -- absolutLagesosakerhetPlan, NULL = default_accuracy_m
    coverage TEXT NOT NULL,            -- regulations, partial, plan-only
    details TEXT NOT NULL,             -- all of the PLAN record, canonical JSON
    hash BLOB NOT NULL                 -- of the record and all that belongs to the plan
);

CREATE TABLE plan_part (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,          -- the plan's
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    part INTEGER NOT NULL,
    crs INTEGER NOT NULL,              -- EPSG of `original`
    original BLOB NOT NULL,            -- PKG1, delivered coordinates
    area_m2 REAL NOT NULL,             -- of `original`, in its CRS
    effective BLOB,                    -- PKG1, EPSG:3006: what newer plans have left of
                                       -- it (from replacement rows); NULL = all of it
    details TEXT,                      -- of the part's record (geometrimetadata ...), JSON
    hash BLOB NOT NULL
    -- geometry MULTIPOLYGON 3006, added by SpatiaLite: the working geometry
);

CREATE TABLE regulation (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    plan_id BLOB NOT NULL,
    kind TEXT NOT NULL,                -- use, property, administrative
    form TEXT,                         -- allmän plats, kvartersmark, vattenområde, planområdet
    letter TEXT,                       -- beteckning without index
    idx TEXT,                          -- index
    wording TEXT,                      -- bestammelseformulering
    colour TEXT,                       -- colour name of BFS 2020:6, lower case ASCII: gul, bla, ...
    symbol TEXT,                       -- prickmark, korsmark, ringmark, ..., NULL
    catalogue_id TEXT,
    details TEXT NOT NULL,             -- all of the REGULATION record, canonical JSON
    hash BLOB NOT NULL
);

CREATE TABLE regulation_part (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,          -- the regulation's
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    plan_id BLOB NOT NULL,
    part INTEGER NOT NULL,
    geom_kind INTEGER NOT NULL,        -- enum pk_geom_kind
    crs INTEGER NOT NULL,
    original BLOB NOT NULL,
    area_m2 REAL NOT NULL,             -- 0 for lines and points
    length_m REAL NOT NULL,            -- 0 for areas and points
    label TEXT,                        -- delivered label {x, y, rotation, text} in `crs`, JSON
    effective BLOB,
    details TEXT,
    hash BLOB NOT NULL
    -- geometry GEOMETRY 3006
);

-- A newer plan takes over ground of an older one, from a day on.
CREATE TABLE replacement (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,          -- UUIDv5 of both plans
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    older_plan BLOB NOT NULL,
    newer_plan BLOB NOT NULL,
    kind TEXT NOT NULL,                -- ends-here, ends-wholly, beside
    effective_date TEXT,               -- legal day; NULL = at once
    reason TEXT NOT NULL
);

CREATE TABLE layer (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,          -- UUIDv5 of the layer id
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    layer_id TEXT NOT NULL,            -- lower-case ASCII: property_unit, strandskydd, ...
    role TEXT,                         -- property_unit, address, place_name, municipality,
                                       -- water, land, road, building, ... NULL
    settings TEXT NOT NULL,            -- canonical JSON
    hash BLOB NOT NULL
);

CREATE TABLE feature (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    layer_id TEXT NOT NULL,
    title TEXT,                        -- what it is called (the layer's title column)
    attributes TEXT NOT NULL,          -- canonical JSON
    geom_kind INTEGER NOT NULL,
    crs INTEGER NOT NULL,
    original BLOB,                     -- PKG1; NULL when crs is 3006: geometry is it, bit for bit
    area_m2 REAL NOT NULL,
    length_m REAL NOT NULL,
    hash BLOB NOT NULL
    -- geometry GEOMETRY 3006
);

-- Boundary lines of plans, noded: maximal chains with one set of (kind, owner).
CREATE TABLE arc (
    row_id INTEGER PRIMARY KEY,
    feature_id BLOB NOT NULL,          -- hash of line and owners
    draft_id INTEGER,
    from_version INTEGER,
    to_version INTEGER,
    kind TEXT NOT NULL,                -- plan, use, property, secondary, administrative: highest rank
    kinds TEXT NOT NULL,               -- all, highest first, comma between
    status TEXT NOT NULL,              -- of the owning plans: force, ongoing, other
    owners TEXT NOT NULL,              -- JSON [{kind, id, plan}]
    line BLOB NOT NULL,                -- varint deltas, EPSG:3006 millimetres
    min_x REAL NOT NULL, min_y REAL NOT NULL, max_x REAL NOT NULL, max_y REAL NOT NULL
);

-- Prepared geometry: a cache of the rows, read by the tile engine alone.
-- Rows with an index beside them: WITHOUT ROWID would read whole packs of other cells to
-- compare their keys. Labels lie before features, so that reading them stays short.
CREATE TABLE pack (
    family TEXT NOT NULL,              -- wm, tm
    band INTEGER NOT NULL,             -- 5..14, 15 = full; + 32, 64, 96: its wide cells
    cell INTEGER NOT NULL,             -- x << 32 | y, counted in cells of the band
    from_version INTEGER NOT NULL,
    labels BLOB,                       -- the same form, anchors only
    features BLOB,                     -- layers/pack.h; NULL = empty from here on
    PRIMARY KEY (family, band, cell, from_version)
);

-- What a publish changed on the map.
CREATE TABLE change (
    version INTEGER NOT NULL,
    source_layer TEXT NOT NULL,
    family TEXT NOT NULL,
    band INTEGER NOT NULL,
    min_x INTEGER NOT NULL, min_y INTEGER NOT NULL,   -- family units
    max_x INTEGER NOT NULL, max_y INTEGER NOT NULL
);

-- What people search for, current version only; rebuilt from the rows.
CREATE TABLE search_entry (
    entry_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                -- property, address, place, plan, regulation
    feature_id BLOB NOT NULL,
    label TEXT NOT NULL,
    detail_key TEXT,                   -- what `detail` is made from, JSON
    fold TEXT NOT NULL,                -- base/text.h fold of all that is searched
    weight INTEGER NOT NULL,
    x REAL NOT NULL, y REAL NOT NULL,
    min_x REAL NOT NULL, min_y REAL NOT NULL, max_x REAL NOT NULL, max_y REAL NOT NULL
);
CREATE VIRTUAL TABLE search_index USING fts5(
    fold, content='search_entry', content_rowid='entry_id', prefix='1 2 3 4',
    tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE search_spell USING fts5(   -- words as trigrams, for one wrong letter
    word, tokenize="trigram");

-- Settings of the file itself: schema_version, created, default_accuracy_m ...
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX plan_feature ON plan (feature_id, from_version);
CREATE INDEX plan_designation ON plan (designation);
CREATE INDEX plan_part_feature ON plan_part (feature_id, from_version);
CREATE INDEX regulation_feature ON regulation (feature_id, from_version);
CREATE INDEX regulation_plan ON regulation (plan_id, from_version);
CREATE INDEX regulation_part_feature ON regulation_part (feature_id, from_version);
CREATE INDEX regulation_part_plan ON regulation_part (plan_id, from_version);
CREATE INDEX replacement_older ON replacement (older_plan);
CREATE INDEX layer_id ON layer (layer_id);
CREATE INDEX feature_feature ON feature (feature_id, from_version);
CREATE INDEX feature_layer ON feature (layer_id, feature_id, from_version);
CREATE INDEX feature_title ON feature (layer_id, title);
CREATE INDEX arc_box ON arc (min_x);
CREATE INDEX change_version ON change (version);
CREATE INDEX search_feature ON search_entry (feature_id);

-- What a draft holds, and what a version began and ended.
CREATE INDEX plan_draft ON plan (draft_id) WHERE from_version IS NULL;
CREATE INDEX plan_from ON plan (from_version);
CREATE INDEX plan_to ON plan (to_version) WHERE to_version < 4611686018427387904;
CREATE INDEX plan_part_draft ON plan_part (draft_id) WHERE from_version IS NULL;
CREATE INDEX plan_part_from ON plan_part (from_version);
CREATE INDEX plan_part_to ON plan_part (to_version) WHERE to_version < 4611686018427387904;
CREATE INDEX regulation_draft ON regulation (draft_id) WHERE from_version IS NULL;
CREATE INDEX regulation_from ON regulation (from_version);
CREATE INDEX regulation_to ON regulation (to_version) WHERE to_version < 4611686018427387904;
CREATE INDEX regulation_part_draft ON regulation_part (draft_id) WHERE from_version IS NULL;
CREATE INDEX regulation_part_from ON regulation_part (from_version);
CREATE INDEX regulation_part_to ON regulation_part (to_version) WHERE to_version < 4611686018427387904;
CREATE INDEX replacement_draft ON replacement (draft_id) WHERE from_version IS NULL;
CREATE INDEX replacement_from ON replacement (from_version);
CREATE INDEX replacement_to ON replacement (to_version) WHERE to_version < 4611686018427387904;
CREATE INDEX layer_draft ON layer (draft_id) WHERE from_version IS NULL;
CREATE INDEX layer_from ON layer (from_version);
CREATE INDEX layer_to ON layer (to_version) WHERE to_version < 4611686018427387904;
CREATE INDEX feature_draft ON feature (draft_id) WHERE from_version IS NULL;
CREATE INDEX feature_from ON feature (from_version);
CREATE INDEX feature_to ON feature (to_version) WHERE to_version < 4611686018427387904;
CREATE INDEX pack_from ON pack (from_version);
CREATE INDEX arc_from ON arc (from_version);
CREATE INDEX arc_to ON arc (to_version) WHERE to_version < 4611686018427387904;

-- Who may do what. Not versioned: no rollback touches it, no view or outside door shows
-- it. Times are seconds since 1970. Secrets are kept as SHA-256, passwords as Argon2id.
CREATE TABLE user (
    user_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,                -- to sign in with; lower case
    full_name TEXT NOT NULL,
    role TEXT NOT NULL,                -- viewer, planner, publisher, administrator
    password TEXT,                     -- NULL: only by the outside provider
    subject TEXT,                      -- of the outside provider: issuer and sub
    disabled INTEGER NOT NULL,
    created INTEGER NOT NULL
);
CREATE TABLE session (
    session_id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,                -- of the cookie
    user_id INTEGER NOT NULL,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,             -- to some minutes
    address TEXT NOT NULL,
    agent TEXT NOT NULL                -- what the browser calls itself
);
CREATE TABLE token (
    token_id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    user_id INTEGER NOT NULL,          -- in whose name; never more than that role may
    title TEXT NOT NULL,
    scopes TEXT NOT NULL,              -- read-private deliver publish admin, blank between
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
);
CREATE TABLE log (
    log_id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    who TEXT NOT NULL,                 -- the user's name then
    action TEXT NOT NULL,              -- user-add, sign-in, publish, ...
    object TEXT NOT NULL,              -- what it was done to
    detail TEXT NOT NULL,              -- in words, or JSON; "" = nothing to add
    address TEXT NOT NULL              -- from where; "" = the command line
);
CREATE TRIGGER log_stays BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER log_remains BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE UNIQUE INDEX user_name ON user (name);
CREATE UNIQUE INDEX user_subject ON user (subject);
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE UNIQUE INDEX token_hash ON token (hash);
CREATE INDEX session_user ON session (user_id);
CREATE INDEX token_user ON token (user_id);
