/*
 * A table of a bundle: a file of rows as LIT loads them, and beside it a file that says of which types the fields are, with the bounds and vocabularies that were
 * found. The schema says which fields there are, and where their values come from.
 */
#ifndef ROS_LIT_TABLE_H
#define ROS_LIT_TABLE_H

#include "base/buf.h"
#include "base/intern.h"
#include "db/db.h"
#include "lit/bundle.h"
#include "lit/schema.h"

/* A value of the row in hand. Unknown is unknown, not 0. */
struct lit_value {
	enum { LIT_UNKNOWN, LIT_NUMBER, LIT_FRACTION, LIT_WORDS } is;
	int64_t number; /* of a field of nano-dollars: nano-dollars */
	double fraction;
	struct str words;
};

struct lit_column {
	struct lit_value value;
	struct buf text;      /* that the value points into, where it is not as the record has it */
	struct intern *found; /* of a category */
	bool any;             /* a number was there */
	double min, max;
};

struct lit_table {
	const struct lit_fields *fields;
	struct lit_bundle *bundle;
	char *path;
	struct lit_file *file;
	struct lit_column *columns; /* one a field */
	struct buf line;
};

/* `path` without the end `.lit.jsonl`. */
void lit_table_begin(struct lit_table *t, struct lit_bundle *b, const struct lit_fields *fields, const char *path);

/* Appends the SQL of the fields that have it, each behind a comma. */
void lit_fields_sql(const struct lit_fields *fields, struct buf *sql);

/* Takes the values of these from the statement's columns, from `at` on; returns the column behind them. They are valid until the next step. */
int lit_table_take(struct lit_table *t, const struct db_stmt *row, int at);

/* The value of a field that has no SQL. */
struct lit_value *lit_table_value(struct lit_table *t, const char *name);

/* Appends the first 12 hex digits of a hash as the record keeps it, which tell those of one prompt apart; of the absent value nothing. */
void lit_hash_text(struct buf *out, struct str stored);

/* Writes the row; all values are unknown then. `id` is the row's own, and that of its prediction. */
void lit_table_row(struct lit_table *t, struct str id);

/* Writes the types, and frees. */
void lit_table_end(struct lit_table *t);

#endif
