/*
 * An event in the making: values by field number of the contract. It is written in the order of the schema, whatever
 * the order of the setting, so that equal input gives equal bytes. Nothing is checked here: event_check() judges the
 * line.
 */
#ifndef ROS_IMPORT_DRAFT_H
#define ROS_IMPORT_DRAFT_H

#include "base/buf.h"
#include "base/str.h"
#include "event/schema.h"
#include "json/reader.h"
#include "phi/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum draft_kind {
	DRAFT_ABSENT,
	DRAFT_TEXT, /* a string, not yet quoted */
	DRAFT_JSON, /* JSON text as it is */
	DRAFT_LIST, /* elements of an array: JSON texts with commas between them */
};

struct draft_value {
	enum draft_kind kind;
	size_t at, n; /* in `text` */
};

struct draft {
	struct draft_value value[AI_FIELDS], kept[AI_FIELDS];
	struct buf text; /* what the values are, one behind the other */
	size_t kept_n;
	const struct phi_keys *keys; /* of hashes in LIVE; NULL: none */
};

/* `keys` (or NULL) is kept by reference. */
void draft_init(struct draft *d, const struct phi_keys *keys);
void draft_free(struct draft *d);

/* What is set now is there again after every draft_reset(). */
void draft_keep(struct draft *d);
void draft_reset(struct draft *d);

/* Later settings of a field replace earlier ones; an absent s leaves the field as it is. */
void draft_text(struct draft *d, enum ai_field f, struct str s);
void draft_json(struct draft *d, enum ai_field f, struct str json);
void draft_int(struct draft *d, enum ai_field f, int64_t v);

/*
 * Sets a field to the hash of a text: SHA-256, and where the draft's governance mode is LIVE the keyed hash, since anybody who guesses a short text can make the
 * other again. LIVE without keys: sets nothing.
 */
void draft_hash(struct draft *d, enum ai_field f, struct str text);

/*
 * Sets a field from what a person or a table wrote, by the field's type: strings as they are, numbers and booleans in
 * JSON's spelling, with blanks around them or not, one more element where it is an array of strings. Empty text sets nothing. False: neither a number
 * nor a boolean, where one is needed.
 */
bool draft_cell(struct draft *d, struct json_reader *r, enum ai_field f, struct str cell);

/* The value as it was set, or the absent value. Valid until the next setting. */
struct str draft_get(const struct draft *d, enum ai_field f);

/* The field with that path (`usage.input_tokens`), or AI_ROOT where no field is called so or it is an object. */
enum ai_field draft_field(struct str path);

/* The first field of the event itself that the contract requires and the draft lacks, or AI_ROOT. */
enum ai_field draft_lacks(const struct draft *d);

/* Appends the event as one line without \n. False: it did not fit. */
bool draft_write(const struct draft *d, struct buf *out);

#endif
