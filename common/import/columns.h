/* Which columns of a table become which fields of the event, given as options. */
#ifndef ROS_IMPORT_COLUMNS_H
#define ROS_IMPORT_COLUMNS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "csv/read.h"
#include "import/draft.h"
#include "json/reader.h"

struct columns; /* opaque */

/* The texts given below are kept by reference. */
struct columns *columns_new(void);
void columns_free(struct columns *c); /* NULL is fine */

/*
 * The rules, as the options have them; dates are by RFC 3339 unless told (time_is_format()). Errors (ROS_USAGE) name the
 * option and the value; a field has one column, unless it is a list.
 */
int columns_value(struct columns *c, struct str rule, struct err *e);     /* FIELD=COLUMN */
int columns_hash(struct columns *c, struct str rule, struct err *e);      /* FIELD=COLUMN,COLUMN...; a hash */
int columns_identity(struct columns *c, struct str names, struct err *e); /* COLUMN,COLUMN... */
int columns_dates(struct columns *c, const char *format, struct err *e);  /* of the timestamp */

/* Finds the columns in the header line, where blanks around a name count nothing. Error (ROS_INPUT): one is missing, or there twice. */
int columns_header(struct columns *c, const struct table_row *header, struct err *e);

/* Appends the row's cells as the JSON array of strings that no other cells give. */
void columns_join(const struct table_row *row, struct buf *out);

/*
 * Sets in the draft what the row says; an empty cell sets nothing. `identity` gets the identity columns' cells as a
 * JSON array; nothing where none were named. `scratch` is the caller's. -1: the row gives no event; *e (ROS_REFUSED)
 * says why, without its content.
 */
int columns_row(const struct columns *c, struct json_reader *r, const struct table_row *row, struct draft *d,
                struct buf *identity, struct buf *scratch, struct err *e);

#endif
