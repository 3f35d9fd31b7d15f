-- Back to migration 3. Who guarded an event is lost.
ALTER TABLE rollup_hour DROP COLUMN attested;
ALTER TABLE invocation DROP COLUMN attested;
