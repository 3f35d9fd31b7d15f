DROP VIEW source_gaps;
DROP VIEW sources;
DROP TABLE suspect;
DROP TABLE loss;
DROP TABLE emit_refusal;
DROP TABLE emit_summary;
DROP TABLE source_range;
DROP TABLE source;
