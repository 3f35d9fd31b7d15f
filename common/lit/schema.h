/* The tables of a bundle as schemas/lit_schema.json has them: the single source of their fields, types and vocabularies. */
#ifndef ROS_LIT_SCHEMA_H
#define ROS_LIT_SCHEMA_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define LIT_FIELDS_MAX 48
#define LIT_VOCAB_MAX 8

/* What LIT's types are to the writer. */
enum lit_kind { LIT_INTEGER, LIT_REAL, LIT_CATEGORY, LIT_STRING, LIT_LABELS, LIT_CLASSES };

/* How the record keeps a value. Short: the first digits of a uuid; of a hash they always are all that is shown. */
enum lit_form { LIT_PLAIN, LIT_NANO, LIT_UUID, LIT_SHORT, LIT_HASH, LIT_TIME };

struct lit_field {
	struct str name, type, sql, parent; /* the last two may be absent */
	struct str worse_by; /* or absent: the metric by which the slices that are the value are worse */
	enum lit_kind kind;
	enum lit_form form;
	bool optional;
	struct str vocab[LIT_VOCAB_MAX];
	size_t n_vocab; /* 0: what is there */
};

struct lit_fields {
	struct lit_field v[LIT_FIELDS_MAX];
	size_t n;
};

struct lit_schema {
	struct json_reader *reader; /* holds the texts */
	struct str lit_nlp;         /* the release of LIT that it is for */
	struct lit_fields invocations, recorded, prompts, version;
};

/* Fields of previews are left out where they are not asked for. Error (ROS_BUG): the file is not what is said here. */
int lit_schema_read(struct lit_schema **s, bool previews, struct err *e);
void lit_schema_free(struct lit_schema *s); /* NULL is fine */

#endif
