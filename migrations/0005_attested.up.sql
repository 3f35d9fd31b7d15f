-- What the guard of ros-emit has attested, and what was guarded again when it was recorded; NULL: recorded before anything was guarded.
ALTER TABLE invocation ADD COLUMN attested INTEGER CHECK (attested IN (0, 1));
ALTER TABLE rollup_hour ADD COLUMN attested INTEGER NOT NULL DEFAULT 0 CHECK (attested >= 0);
