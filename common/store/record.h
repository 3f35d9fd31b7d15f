/* The table `invocation`: one row an event. */
#ifndef ROS_STORE_RECORD_H
#define ROS_STORE_RECORD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "db/db.h"
#include "event/event.h"
#include "json/reader.h"
#include "store/series.h"
#include "store/terms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A column that a field of the event fills. Its value is kept here and in struct record for as long as the statement needs it. */
struct record_column {
	enum ai_field field;
	enum ai_field apart; /* of a JSON column: the member that has a JSON column of its own; AI_ROOT: none */
	char bytes[33];
	size_t from, to; /* of a JSON column: its text in record.json */
};

struct record {
	struct terms *terms;
	struct db_stmt *insert, *find;
	struct record_column columns[AI_FIELDS];
	int n;
	struct buf json; /* the texts of the JSON columns: first `undeclared`, then the others */
};

/* Makes the statements from the schema's table. `terms` is kept by reference. */
int record_init(struct record *r, struct db *db, struct terms *terms, struct err *e);
void record_free(struct record *r);

/* *inserted: false where (time, id) is there already; then nothing is changed. */
int record_insert(struct record *r, struct json_reader *reader, const struct event *ev, const struct series *series,
                  int64_t batch, const struct sha256 *content, bool *inserted, struct err *e);

/* *same: whether the row at the event's (time, id) has this content. */
int record_same(struct record *r, const struct event *ev, const struct sha256 *content, bool *same, struct err *e);

#endif
