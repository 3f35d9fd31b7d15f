/*
 * Events beside the invocations. The table `notice` keeps each of them once; dataset, dataset_access, stage_run and export have what they say. A dataset and a
 * stage are one row that many events make: each field has the value of the newest event that has it, newest by (time, content hash). An event that is
 * newer than all others of its row is laid over it at once; where one comes late, the row is made anew from its events at the end of the transaction.
 * So any order and any repetition come to the same row.
 */
#ifndef ROS_STORE_NOTICES_H
#define ROS_STORE_NOTICES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"
#include "db/db.h"
#include "event/event.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTICE_TYPES 4

struct notice_column {
	int field;
	char bytes[33];  /* its value, for as long as the statement needs it */
	size_t from, to; /* of a JSON column: its text in notices.json */
};

/* The table of a type. */
struct notice_table {
	struct db_stmt *put, *erase; /* erase: NULL where each event has a row of its own */
	struct notice_column columns[EVENT_FIELDS_MAX];
	int n;
};

struct notices {
	struct db *db;
	struct db_stmt *insert, *find, *newer, *history, *put_batch;
	struct notice_table tables[NOTICE_TYPES];
	struct json_reader *reader; /* of events that are read again */
	struct map *late;           /* (type, subject, stage number) of the rows to be made anew */
	struct buf event, json;
	int64_t recorded;           /* in this transaction, as the sum */
	struct sha256 content_sum;
};

int notices_init(struct notices *n, struct db *db, struct err *e);
void notices_free(struct notices *n);

/* *inserted: false where (time, id) is there already; then nothing is changed. Within a transaction only, as all below. */
int notices_insert(struct notices *n, struct json_reader *r, const struct event *ev, int64_t batch, const struct sha256 *content, bool *inserted,
                   struct err *e);

/* *same: whether what is recorded at the event's (time, id) has this content. */
int notices_same(struct notices *n, const struct event *ev, const struct sha256 *content, bool *same, struct err *e);

/* Makes the late rows anew, and writes what the batch recorded. */
int notices_write(struct notices *n, int64_t batch, struct err *e);
void notices_clear(struct notices *n);

#endif
