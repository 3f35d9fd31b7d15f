DROP VIEW purges;
DROP VIEW holds;
DROP INDEX invocation_preview;
DROP TABLE purged_run;
DROP TABLE purged_batch;
DROP TABLE sealed_day;
DROP TABLE purge;
DROP TABLE hold;
